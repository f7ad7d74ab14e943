#ifndef CTOML_H
#define CTOML_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A TOML document as JSON, dates and infinities as strings; NULL where it is none, or without memory.
// error: then the reason (NULL without memory), and line: where. Both texts are the caller's, to be freed.
char *ctoml_json(const char *text, size_t length, char **error, unsigned *line);

#ifdef __cplusplus
}
#endif

#endif

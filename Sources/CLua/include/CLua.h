#ifndef CLUA_H
#define CLUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Lua 5.4 for Swift: a state with a memory cap and a deadline, and a stack out of which no longjmp leads.
//
// An error of Lua is a longjmp, which would skip the `defer` and `deinit` of every Swift frame under it. So Lua code
// runs only inside clua_load and clua_call, which catch. All other functions for Swift work on raw values with the cap
// suspended, and cannot raise. And the one function that Lua calls in Swift returns a code to a C frame, which raises
// for it.

typedef struct clua_state clua_state;

// The function that Lua calls: it takes its arguments from the stack, and leaves one value on it. False: the value is
// an error.
typedef bool (*clua_host)(void *context, clua_state *state);

// How a call ended.
typedef enum { CLUA_OK, CLUA_ERROR, CLUA_OUT_OF_TIME, CLUA_OUT_OF_MEMORY } clua_ending;

typedef enum {
    CLUA_NIL, CLUA_BOOLEAN, CLUA_INTEGER, CLUA_NUMBER, CLUA_STRING, CLUA_TABLE, CLUA_FUNCTION, CLUA_OTHER
} clua_type;

// A new state with the libraries of the language; NULL without memory. On the stack: nothing.
// memory: bytes that Lua code may have allocated in all.
clua_state *clua_open(size_t memory, clua_host host, void *context);
void clua_close(clua_state *state);

// Lua code that still runs at this time of CLOCK_MONOTONIC is ended with an error, again and again until it gives up.
// 0: no limit. Takes back an earlier clua_cancel. For the state's own thread.
void clua_set_deadline(clua_state *state, uint64_t nanoseconds);
// The same at once; from any thread.
void clua_cancel(clua_state *state);

// Compiles a text chunk; pushes the function, or the error.
clua_ending clua_load(clua_state *state, const char *text, size_t length, const char *name);
// Calls the function below the arguments; pushes the one result, or the error as a table: message, file, line,
// traceback.
clua_ending clua_call(clua_state *state, int arguments);

// The line of the hook file's code that calls; 0 where none does.
int clua_line(clua_state *state);

// Where the hook's code was shortly before the end of the last call; an empty file where that is not known. Without
// memory Lua cannot say it.
const char *clua_seen_file(clua_state *state);
int clua_seen_line(clua_state *state);

// The function that calls the host.
void clua_push_host(clua_state *state);

void clua_push_nil(clua_state *state);
void clua_push_boolean(clua_state *state, bool value);
void clua_push_integer(clua_state *state, int64_t value);
void clua_push_number(clua_state *state, double value);
void clua_push_string(clua_state *state, const void *bytes, size_t length);
void clua_push_table(clua_state *state, int items, int fields);
// A list without items, which is told from a table without fields when it comes back.
void clua_push_empty_list(clua_state *state);
// Pops a value and sets it in the table below it.
void clua_set_item(clua_state *state, int64_t index);
// Pops a value and a key and sets it in the table below them.
void clua_set_field(clua_state *state);

int clua_top(clua_state *state);
void clua_pop(clua_state *state, int count);
// Whether so many more values fit onto the stack.
bool clua_has_room(clua_state *state, int count);
clua_type clua_type_at(clua_state *state, int index);
bool clua_boolean_at(clua_state *state, int index);
int64_t clua_integer_at(clua_state *state, int index);
double clua_number_at(clua_state *state, int index);
// The bytes of a string, as long as it is on the stack.
const char *clua_string_at(clua_state *state, int index, size_t *length);
// Whether a table was pushed as an empty list, also after something was put into it.
bool clua_is_list_at(clua_state *state, int index);
// The number of items at 1, 2, ...
int64_t clua_length_at(clua_state *state, int index);
void clua_push_item(clua_state *state, int index, int64_t item);
// Replaces the key on the top by the next key and its value; false at the end.
bool clua_next(clua_state *state, int index);

// Takes the top off the stack and keeps it; what it is kept under.
int clua_keep(clua_state *state);
void clua_push_kept(clua_state *state, int kept);

// Bytes that are allocated.
size_t clua_memory(clua_state *state);

#endif

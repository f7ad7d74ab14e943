#include "CTOML.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <sstream>
#include <string_view>
#include <vector>

namespace {
struct assertion_failed : std::exception {
    const char *what() const noexcept override { return "this value cannot be read"; }
};
} // namespace

// toml++ ends the process by an assertion at some texts that are no TOML (3.3: "[.x]", "a = 1979-05-27 7"; found by
// fuzzing). Here it throws; without assertions it would go on undefined. The caller refuses texts at which it would
// throw where no exception is allowed.
#undef NDEBUG
#define TOML_ASSERT(expression) \
    do { \
        if (!(expression)) throw assertion_failed(); \
    } while (false)
// Arrays and tables in one another. Real files have fewer than 16, and readers of them recurse.
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

static bool fails_assertion(std::string_view text) {
    try {
        [[maybe_unused]] const toml::table table = toml::parse(text);
    } catch (const assertion_failed &) {
        return true;
    } catch (const toml::parse_error &) {
    }
    return false;
}

// The parser reads on from line to line: with the line at which it fails, every longer text fails.
static unsigned line_of_assertion(std::string_view text) {
    std::vector<size_t> ends;
    for (size_t at = 0; at < text.size(); at++) {
        if (text[at] == '\n') ends.push_back(at + 1);
    }
    auto first = std::partition_point(ends.begin(), ends.end(), [text](size_t end) {
        return !fails_assertion(text.substr(0, end));
    });
    return unsigned(first - ends.begin()) + 1;
}

extern "C" char *ctoml_json(const char *bytes, size_t length, char **error, unsigned *line) {
    const std::string_view text(bytes, length);
    *error = nullptr;
    *line = 1;
    try {
        const toml::table table = toml::parse(text);
        std::ostringstream json;
        // A deep value would be indented by more than its length.
        const auto flags = toml::json_formatter::default_flags & ~toml::format_flags::indentation;
        json << toml::json_formatter(table, flags);
        return strdup(json.str().c_str());
    } catch (const toml::parse_error &wrong) {
        *line = wrong.source().begin.line;
        *error = strdup(wrong.what());
    } catch (const assertion_failed &wrong) {
        *line = line_of_assertion(text);
        *error = strdup(wrong.what());
    } catch (const std::exception &wrong) {
        *error = strdup(wrong.what());
    }
    return nullptr;
}

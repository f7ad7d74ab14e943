#ifndef CLUA_STATE_H
#define CLUA_STATE_H

#include "include/CLua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdatomic.h>

struct clua_state {
    lua_State *lua;
    clua_host host;
    void *context;
    size_t memory;
    size_t limit;
    // Whether the cap counts: only while Lua code runs, never while Swift is on the stack.
    bool is_capped;
    bool is_late;
    // Where the hook's code was when it was looked at last in this call; an empty file where it was not.
    char seen_file[256];
    int seen_line;
    uint64_t deadline;
    atomic_bool is_cancelled;
};

// The state that a lua_State belongs to.
static inline clua_state *clua_of(lua_State *lua) { return *(clua_state **)lua_getextraspace(lua); }

// Instructions between two looks at the clock: 16 % in a tight loop (measured).
#define CLUA_COUNT 1000

// The metatable of lists that were empty when they were made: by it they differ from tables without fields.
#define CLUA_LIST "clua.list"

// Notes the place of the hook's code. For a moment at which Lua's stack is in order.
void clua_note_place(lua_State *lua);
void clua_watch(lua_State *lua, lua_Debug *activation);
int clua_handle_error(lua_State *lua);

#endif

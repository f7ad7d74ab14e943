#include "State.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *allocate(void *context, void *block, size_t old, size_t size) {
    clua_state *state = context;
    // Without a block the old size is a type.
    size_t before = block ? old : 0;
    if (size == 0) {
        state->memory -= before;
        free(block);
        return NULL;
    }
    // Lua is not asked for its place here: while it moves its stack, it has no valid pointers into it.
    if (state->is_capped && size > before && state->memory + (size - before) > state->limit) return NULL;
    void *changed = realloc(block, size);
    if (changed) state->memory += size - before;
    return changed;
}

static int prepare(lua_State *lua) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},    {LUA_UTF8LIBNAME, luaopen_utf8},
        {LUA_OSLIBNAME, luaopen_os},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
        lua_pop(lua, 1);
    }
    luaL_newmetatable(lua, CLUA_LIST);
    lua_pushboolean(lua, false);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    return 0;
}

clua_state *clua_open(size_t memory, clua_host host, void *context) {
    clua_state *state = calloc(1, sizeof *state);
    if (!state) return NULL;
    state->limit = memory;
    state->host = host;
    state->context = context;
    state->lua = lua_newstate(allocate, state);
    if (!state->lua) {
        free(state);
        return NULL;
    }
    // New coroutines copy it from the main thread.
    *(clua_state **)lua_getextraspace(state->lua) = state;
    // From the start: a coroutine has the hook that its maker had.
    lua_sethook(state->lua, clua_watch, LUA_MASKCOUNT, CLUA_COUNT);
    lua_pushcfunction(state->lua, prepare);
    if (lua_pcall(state->lua, 0, 0, 0) != LUA_OK) {
        clua_close(state);
        return NULL;
    }
    return state;
}

void clua_close(clua_state *state) {
    lua_close(state->lua);
    free(state);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void clua_note_place(lua_State *lua) {
    clua_state *state = clua_of(lua);
    lua_Debug frame;
    for (int level = 0; lua_getstack(lua, level, &frame); level++) {
        lua_getinfo(lua, "Sl", &frame);
        if (*frame.source != '@') continue;
        strncpy(state->seen_file, frame.source + 1, sizeof state->seen_file - 1);
        state->seen_line = frame.currentline;
        return;
    }
}

// WILL JUMP. Only frames of Lua and of C are under it.
void clua_watch(lua_State *lua, lua_Debug *activation) {
    (void)activation;
    clua_state *state = clua_of(lua);
    bool is_late = atomic_load(&state->is_cancelled) || (state->deadline && now() > state->deadline);
    if (!is_late) return clua_note_place(lua);
    state->is_late = true;
    // From now on at every instruction: a loop around pcall gets no further.
    lua_sethook(lua, clua_watch, LUA_MASKCOUNT, 1);
    luaL_error(lua, "out of time");
}

void clua_set_deadline(clua_state *state, uint64_t nanoseconds) {
    state->deadline = nanoseconds;
    atomic_store(&state->is_cancelled, false);
    state->is_late = false;
    lua_sethook(state->lua, clua_watch, LUA_MASKCOUNT, CLUA_COUNT);
}

void clua_cancel(clua_state *state) { atomic_store(&state->is_cancelled, true); }

const char *clua_seen_file(clua_state *state) { return state->seen_file; }
int clua_seen_line(clua_state *state) { return state->seen_line; }

size_t clua_memory(clua_state *state) { return state->memory; }

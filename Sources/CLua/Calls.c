#include "State.h"

#include <string.h>

static clua_ending ending(clua_state *state, int status) {
    if (status == LUA_OK) return CLUA_OK;
    if (state->is_late) return CLUA_OUT_OF_TIME;
    return status == LUA_ERRMEM ? CLUA_OUT_OF_MEMORY : CLUA_ERROR;
}

clua_ending clua_load(clua_state *state, const char *text, size_t length, const char *name) {
    *state->seen_file = 0;
    state->is_capped = true;
    int status = luaL_loadbufferx(state->lua, text, length, name, "t");
    state->is_capped = false;
    return ending(state, status);
}

clua_ending clua_call(clua_state *state, int arguments) {
    int base = lua_gettop(state->lua) - arguments;
    lua_pushcfunction(state->lua, clua_handle_error);
    lua_insert(state->lua, base);
    *state->seen_file = 0;
    state->is_capped = true;
    int status = lua_pcall(state->lua, arguments, 1, base);
    state->is_capped = false;
    lua_remove(state->lua, base);
    return ending(state, status);
}

// The only frame between Lua and Swift. MAY JUMP, after Swift has returned.
static int call_host(lua_State *lua) {
    clua_state *state = clua_of(lua);
    lua_State *main = state->lua;
    clua_note_place(lua);
    // A coroutine has a stack of its own, and Swift knows one state.
    state->lua = lua;
    state->is_capped = false;
    bool succeeded = state->host(state->context, state);
    state->is_capped = true;
    state->lua = main;
    return succeeded ? 1 : lua_error(lua);
}

void clua_push_host(clua_state *state) { lua_pushcfunction(state->lua, call_host); }

// The first frame that is a hook's own: the API's chunks are named with "=".
static void add_place(lua_State *lua) {
    lua_Debug frame;
    for (int level = 0; lua_getstack(lua, level, &frame); level++) {
        lua_getinfo(lua, "Sl", &frame);
        if (*frame.source != '@') continue;
        lua_pushstring(lua, frame.source + 1);
        lua_setfield(lua, -2, "file");
        lua_pushinteger(lua, frame.currentline);
        lua_setfield(lua, -2, "line");
        return;
    }
}

int clua_line(clua_state *state) {
    lua_Debug frame;
    for (int level = 0; lua_getstack(state->lua, level, &frame); level++) {
        // Of a valid activation record, with these letters, it cannot fail.
        lua_getinfo(state->lua, "Sl", &frame);
        if (*frame.source == '@') return frame.currentline;
    }
    return 0;
}

// Frames of hooks alone, innermost first.
static void add_traceback(lua_State *lua) {
    luaL_Buffer text;
    lua_Debug frame;
    luaL_buffinit(lua, &text);
    for (int level = 0, shown = 0; shown < 20 && lua_getstack(lua, level, &frame); level++) {
        lua_getinfo(lua, "Slnt", &frame);
        if (*frame.source != '@') continue;
        const char *name = frame.name ? frame.name : *frame.what == 'm' ? "main chunk" : "function";
        lua_pushfstring(lua, "%s%s:%d: in %s", shown++ ? "\n" : "", frame.source + 1, frame.currentline, name);
        luaL_addvalue(&text);
        if (frame.istailcall) luaL_addstring(&text, "\n(...tail calls...)");
    }
    luaL_pushresult(&text);
    lua_setfield(lua, -2, "traceback");
}

// Pushes a value of a table as a message shows it.
static void push_shown(lua_State *lua, int index) {
    int type = lua_type(lua, index);
    if (type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TSTRING) {
        luaL_tolstring(lua, index, NULL);
    } else {
        lua_pushstring(lua, type == LUA_TTABLE ? "{…}" : lua_typename(lua, type));
    }
}

// Pushes the fields of the table at 1, sixteen at most: an address explains no error. None of its functions is called.
static void push_fields(lua_State *lua) {
    lua_pushstring(lua, "{ ");
    int text = lua_gettop(lua);
    lua_pushnil(lua);
    for (int shown = 0; lua_next(lua, 1); shown++) {
        if (shown == 16) {
            lua_pop(lua, 2);
            break;
        }
        int key = lua_gettop(lua) - 1;
        bool is_item = lua_type(lua, key) == LUA_TNUMBER;
        lua_pushvalue(lua, text);
        lua_pushstring(lua, shown ? ", " : "");
        if (is_item) lua_pushstring(lua, "");
        else push_shown(lua, key);
        lua_pushstring(lua, is_item ? "" : " = ");
        push_shown(lua, key + 1);
        lua_concat(lua, 5);
        lua_replace(lua, text);
        lua_settop(lua, key);
    }
    lua_pushstring(lua, " }");
    lua_concat(lua, 2);
}

// Runs under lua_pcall, where jumping is allowed.
int clua_handle_error(lua_State *lua) {
    // Without memory there is none for a report either.
    if (lua_type(lua, 1) == LUA_TSTRING && strcmp(lua_tostring(lua, 1), "not enough memory") == 0) return 1;
    lua_newtable(lua);
    bool is_table = lua_type(lua, 1) == LUA_TTABLE;
    bool is_plain_table = is_table && !luaL_getmetafield(lua, 1, "__tostring");
    lua_settop(lua, 2);
    if (is_plain_table) push_fields(lua);
    else luaL_tolstring(lua, 1, NULL);
    lua_setfield(lua, 2, "message");
    if (is_table) {
        // A table with a text of its own, such as a secret, may raise an error for names that it does not have.
        lua_pushstring(lua, "message");
        if (is_plain_table) lua_gettable(lua, 1);
        else lua_rawget(lua, 1);
        if (lua_type(lua, -1) == LUA_TSTRING) lua_setfield(lua, -2, "message");
        else lua_pop(lua, 1);
    }
    add_place(lua);
    add_traceback(lua);
    return 1;
}

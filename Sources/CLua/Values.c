#include "State.h"

void clua_push_nil(clua_state *state) { lua_pushnil(state->lua); }
void clua_push_boolean(clua_state *state, bool value) { lua_pushboolean(state->lua, value); }
void clua_push_integer(clua_state *state, int64_t value) { lua_pushinteger(state->lua, value); }
void clua_push_number(clua_state *state, double value) { lua_pushnumber(state->lua, value); }
void clua_push_string(clua_state *state, const void *bytes, size_t length) {
    lua_pushlstring(state->lua, bytes, length);
}
void clua_push_table(clua_state *state, int items, int fields) { lua_createtable(state->lua, items, fields); }
void clua_push_empty_list(clua_state *state) {
    lua_createtable(state->lua, 0, 0);
    luaL_setmetatable(state->lua, CLUA_LIST);
}
void clua_set_item(clua_state *state, int64_t index) { lua_rawseti(state->lua, -2, index); }
void clua_set_field(clua_state *state) { lua_rawset(state->lua, -3); }

int clua_top(clua_state *state) { return lua_gettop(state->lua); }
void clua_pop(clua_state *state, int count) { lua_pop(state->lua, count); }
bool clua_has_room(clua_state *state, int count) { return lua_checkstack(state->lua, count); }

clua_type clua_type_at(clua_state *state, int index) {
    switch (lua_type(state->lua, index)) {
    case LUA_TNIL:
    case LUA_TNONE: return CLUA_NIL;
    case LUA_TBOOLEAN: return CLUA_BOOLEAN;
    case LUA_TNUMBER: return lua_isinteger(state->lua, index) ? CLUA_INTEGER : CLUA_NUMBER;
    case LUA_TSTRING: return CLUA_STRING;
    case LUA_TTABLE: return CLUA_TABLE;
    case LUA_TFUNCTION: return CLUA_FUNCTION;
    default: return CLUA_OTHER;
    }
}

bool clua_boolean_at(clua_state *state, int index) { return lua_toboolean(state->lua, index); }
int64_t clua_integer_at(clua_state *state, int index) { return lua_tointeger(state->lua, index); }
double clua_number_at(clua_state *state, int index) { return lua_tonumber(state->lua, index); }
const char *clua_string_at(clua_state *state, int index, size_t *length) {
    return lua_tolstring(state->lua, index, length);
}
bool clua_is_list_at(clua_state *state, int index) {
    if (!lua_getmetatable(state->lua, index)) return false;
    luaL_getmetatable(state->lua, CLUA_LIST);
    bool is_list = lua_rawequal(state->lua, -1, -2);
    lua_pop(state->lua, 2);
    return is_list;
}
int64_t clua_length_at(clua_state *state, int index) { return (int64_t)lua_rawlen(state->lua, index); }
void clua_push_item(clua_state *state, int index, int64_t item) { lua_rawgeti(state->lua, index, item); }
bool clua_next(clua_state *state, int index) { return lua_next(state->lua, index); }

int clua_keep(clua_state *state) { return luaL_ref(state->lua, LUA_REGISTRYINDEX); }
void clua_push_kept(clua_state *state, int kept) { lua_rawgeti(state->lua, LUA_REGISTRYINDEX, kept); }

-- The allow-list of globals, and the small libraries. Hook files get an environment of their own, made here.
--
-- The chunks of the prelude are named "=lvmbackup": tracebacks leave out their frames.
-- host: calls Swift. api: the table of the API. modules: the texts of the other files, in order.
local host, api, modules = ...
local pack, unpack, time, date = table.pack, table.unpack, os.time, os.date
local entries = {}

local function fail(text, ...)
  if select("#", ...) > 0 then text = text:format(...) end
  error(text, 0)
end

local function unknown(what, name, among)
  local near = host("nearest", tostring(name), among)
  fail("unknown %s %q%s", what, tostring(name), near and (", did you mean %q?"):format(near) or "")
end

local function names(fields)
  local list = {}
  for _, field in ipairs(fields) do list[#list + 1] = field.name end
  return list
end

local function by_name(fields)
  local map = {}
  for _, field in ipairs(fields) do map[field.name] = field end
  return map
end

local function read_only(what, fields)
  return setmetatable({}, {
    __index = function(_, key)
      if fields[key] ~= nil then return fields[key] end
      local list = {}
      for name in pairs(fields) do list[#list + 1] = name end
      unknown(what, key, list)
    end,
    __newindex = function(_, key) fail("%s.%s can't be set", what, tostring(key)) end,
    __pairs = function() return next, fields, nil end,
    __metatable = false,
  })
end

local globals = {
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall, select = select,
  tonumber = tonumber, tostring = tostring, type = type, _VERSION = _VERSION,
  math = read_only("math", math), table = read_only("table", table), utf8 = read_only("utf8", utf8),
  string = read_only("string", string), coroutine = read_only("coroutine", coroutine),
  os = read_only("os", {
    time = function(at) return at == nil and host("time") or time(at) end,
    date = function(form, at) return date(form, at or host("time")) end,
    clock = function() return host("clock") end,
  }),
}
getmetatable("").__metatable = false

-- A handler of the real one runs where no clock looks.
function globals.xpcall(f, handler, ...)
  local answer = pack(pcall(f, ...))
  if answer[1] then return unpack(answer, 1, answer.n) end
  return false, handler(answer[2])
end

-- Finalizers run where no clock looks.
function globals.setmetatable(value, meta)
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then fail("__gc is not available to hooks") end
  return setmetatable(value, meta)
end

function globals.getmetatable(value)
  return type(value) == "table" and getmetatable(value) or nil
end

local function global_names()
  local list = {}
  for name in pairs(globals) do list[#list + 1] = name end
  return list
end

local environment = setmetatable({}, {
  __index = function(_, name)
    local value = globals[name]
    if value == nil then unknown("global", name, global_names()) end
    return value
  end,
  __newindex = function(_, name) fail("%s is a new global: make it local", tostring(name)) end,
  __metatable = false,
})
globals._G = environment

local libraries = {}
function globals.require(name)
  if libraries[name] ~= nil then return libraries[name] end
  local chunk, problem = load(host("library", name), "@lib/" .. name .. ".lua", "t", environment)
  if not chunk then fail(problem) end
  local value = chunk(name)
  libraries[name] = value == nil or value
  return libraries[name]
end

local function log_at(level)
  return function(text, fields) host("log", level, tostring(text), fields) end
end
globals.log = read_only("log", {
  debug = log_at("debug"), info = log_at("info"), warn = log_at("warn"), error = log_at("error"),
})
globals.json = read_only("json", {
  encode = function(value) return host("json_encode", value) end,
  decode = function(text) return host("json_decode", text) end,
})

local core = {
  api = api, by_name = by_name, entries = entries, environment = environment, fail = fail, globals = globals,
  host = host, names = names, read_only = read_only, unknown = unknown,
}
for _, module in ipairs(modules) do load(module, "=lvmbackup", "t")(core) end
return function(what, ...) return entries[what](...) end

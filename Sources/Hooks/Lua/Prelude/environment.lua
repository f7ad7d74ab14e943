-- The allow-list of globals, and the small libraries. Hook files get an environment of their own, made here.
--
-- The chunks of the prelude are named "=lvmbackup": tracebacks leave out their frames.
-- swift: calls Swift. api: the table of the API. modules: the texts of the other files, in order.
local swift, api, modules = ...
local pack, unpack, time, date = table.pack, table.unpack, os.time, os.date
local entries = {}

-- Functions that answer the value for which a view stands: tables whose fields can be read only, or are elsewhere.
local views = setmetatable({}, { __mode = "k" })

-- Secrets: no function takes them but those that open them before.
local sealed = setmetatable({}, { __mode = "k" })

-- The value with the views in it replaced by plain tables. Tables that hold one another several times stay so.
local function plain(value, seen)
  if type(value) ~= "table" then return value end
  if views[value] then return views[value]() end
  if sealed[value] then
    error("a secret cannot stand here: it can in the words, env and stdin of a program, in the url, headers, body and "
      .. "json of run:http, and in the values of a query", 0)
  end
  seen = seen or {}
  if seen[value] == nil then
    seen[value] = value
    local copy
    for key, item in next, value do
      local inner = plain(item, seen)
      if inner ~= item then
        if not copy then
          copy = {}
          for other, one in next, value do copy[other] = one end
        end
        copy[key] = inner
      end
    end
    seen[value] = copy or value
  end
  return seen[value]
end

local function host(...)
  local given, count = { ... }, select("#", ...)
  for i = 1, count do given[i] = plain(given[i]) end
  return swift(unpack(given, 1, count))
end

local function fail(text, ...)
  if select("#", ...) > 0 then text = text:format(...) end
  error(text, 0)
end

-- The replacements of names that hooks do not have.
local function instead(what, name)
  local advice = api.instead[what == "global" and name or ("%s.%s"):format(what, name)]
  if advice then fail("hooks have no %s%s: %s", what == "global" and "" or what .. ".", name, advice) end
end

local function unknown(what, name, among)
  instead(what, tostring(name))
  local advice = what == "field of run" and api.instead_of_field[name]
  if advice then fail("run has no %s: %s", name, advice) end
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
    __newindex = function(_, key) fail("%s.%s cannot be set", what, tostring(key)) end,
    __pairs = function() return next, fields, nil end,
    __metatable = false,
  })
end

local globals = {
  assert = assert, error = error, ipairs = ipairs, pairs = pairs, pcall = pcall, select = select,
  tonumber = tonumber, tostring = tostring, type = type, _VERSION = _VERSION,
  math = read_only("math", math), table = read_only("table", table), utf8 = read_only("utf8", utf8),
  string = read_only("string", string), coroutine = read_only("coroutine", coroutine),
  os = read_only("os", {
    time = function(at) return at == nil and host("time") or time(at) end,
    -- Times of a run have fractions, which os.date refuses.
    date = function(form, at) return date(form, at and math.floor(at) or host("time")) end,
    clock = function() return host("clock") end,
  }),
}
getmetatable("").__metatable = false

function globals.next(value, key)
  local view = views[value or false]
  if not view then return next(value, key) end
  local following = next(view(), key)
  if following == nil then return nil end
  return following, value[following]
end

function globals.ipairs(list)
  if type(list) ~= "table" then
    fail("ipairs needs a list, not %s: write ipairs(list or {}) where there may be none", type(list))
  end
  return ipairs(list)
end

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

-- Whether a function has as many arguments as it takes.
local function check_count(name, count)
  local takes = api.counts[name]
  if count < takes[1] or takes[2] >= 0 and count > takes[2] then host("check_count", name, count) end
end

local libraries = {}
function globals.require(name)
  if libraries[name] == false then fail("require: %q requires itself", tostring(name)) end
  if libraries[name] ~= nil then return libraries[name] end
  local chunk, problem = load(host("library", name), "@lib/" .. name .. ".lua", "t", environment)
  if not chunk then fail(problem) end
  libraries[name] = false
  local value = chunk(name)
  libraries[name] = value == nil or value
  return libraries[name]
end

-- The functions of backup, log and json: each is answered by Swift.
local functions = {}
for library, list in pairs(api.libraries) do
  functions[library] = {}
  for _, name in ipairs(list) do
    local whole = library .. "." .. name
    functions[library][name] = function(...) return host(whole, ...) end
  end
end

for level, log in pairs(functions.log) do
  functions.log[level] = function(text, fields)
    if type(text) == "table" and not sealed[text] then
      fail("log.%s takes a text, not a table: json.encode(value) makes one of it", level)
    end
    if fields ~= nil and type(fields) ~= "table" then
      fail('log.%s takes a table of more values after its text, such as { count = 5 }, not a %s: join texts with ..',
        level, type(fields))
    end
    if fields and #fields > 0 then
      fail("log.%s takes more values by name, such as { count = 5 }, not as a list", level)
    end
    log(tostring(text), fields)
  end
end

-- An empty list that Swift made keeps that it is one.
local empty_list = functions.json.array
function functions.json.array(items)
  if type(items) ~= "table" then fail("json.array needs a list, not %s", type(items)) end
  local list = empty_list()
  for i = 1, #items do list[i] = items[i] end
  for key in globals.pairs(items) do
    if not math.type(key) then fail("json.array needs a list: it has the field %q", tostring(key)) end
  end
  return list
end

-- Each call has the right number of arguments, and a dot.
for library, list in pairs(functions) do
  for name, call in pairs(list) do
    local whole = library .. "." .. name
    list[name] = function(...)
      if ... ~= nil and rawequal(..., globals[library]) then fail("call it with a dot: %s(…)", whole) end
      check_count(whole, select("#", ...))
      return call(...)
    end
  end
end

globals.log, globals.json = read_only("log", functions.log), read_only("json", functions.json)

local core = {
  api = api, by_name = by_name, check_count = check_count,
  entries = entries, environment = environment, fail = fail, functions = functions,
  globals = globals, host = host, names = names, plain = plain, read_only = read_only, sealed = sealed,
  unknown = unknown, views = views,
}
for _, module in ipairs(modules) do load(module, "=lvmbackup", "t")(core) end
return function(what, ...) return plain(entries[what](...)) end

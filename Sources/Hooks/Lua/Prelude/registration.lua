-- The verbs, options and versions: the part that runs while a file is loaded.
local core = ...
local api, entries, environment = core.api, core.entries, core.environment
local by_name, fail, host, names = core.by_name, core.fail, core.host, core.names
local plain_value, read_only, unknown = core.plain, core.read_only, core.unknown

local registrations, functions = {}, {}
-- Numbers of living processes, by what the hook has of them.
local processes = setmetatable({}, { __mode = "k" })
local is_loading = false

-- A value as messages show it.
local function shown(value)
  if type(value) == "string" then return #value > 60 and "a string" or ("%q"):format(value) end
  if type(value) == "table" then return #value > 0 and "a list" or "a table" end
  if value == nil or math.type(value) or type(value) == "boolean" then return tostring(value) end
  return "a " .. type(value)
end

local function wrong(what, wanted, value) fail("%s has to be %s, not %s", what, wanted, shown(value)) end

-- Checks the fields of a table that a hook made, and returns a copy with functions kept by number.
local function checked(what, given, fields, extra)
  given = plain_value(given)
  if type(given) ~= "table" then wrong(what, "a table", given) end
  local known, copy = by_name(fields), {}
  for key, value in pairs(given) do
    local field = known[key]
    if field then
      copy[key] = entries.convert(("%s.%s"):format(what, key), value, field)
    elseif extra and math.type(key) == "integer" then
      copy[key] = value
    else
      unknown("field of " .. what, key, names(fields))
    end
  end
  for _, field in ipairs(fields) do
    if field.required and copy[field.name] == nil then
      fail("%s lacks %s: %s", what, field.name, field.meaning)
    end
  end
  return copy
end

local function keep(f)
  functions[#functions + 1] = f
  return { call = #functions }
end

-- Each takes a value as Swift wants it; what: how messages call it.
local conversions = {}

function conversions.any(_, value) return value end
conversions["function"] = function(what, value)
  if type(value) ~= "function" then wrong(what, "a function", value) end
  return keep(value)
end

for _, kind in ipairs { "boolean", "number", "string" } do
  conversions[kind] = function(what, value)
    if type(value) ~= kind then wrong(what, "a " .. kind, value) end
    return value
  end
end

function conversions.integer(what, value)
  local whole = type(value) == "number" and math.tointeger(value)
  if not whole then wrong(what, "a whole number", value) end
  return whole
end

function conversions.duration(what, value) return host("duration", what, value) end

-- A string, or one with secrets in it.
function conversions.text(what, value)
  if math.type(value) then return tostring(value) end
  if type(value) == "table" and value["\0text"] then return value end
  return conversions.string(what, value)
end

local function each(what, value, field)
  if not field.items then return value end
  local copy = {}
  for key, item in pairs(value) do
    local place = math.type(key) and ("%s[%d]"):format(what, key) or ("%s.%s"):format(what, key)
    copy[key] = conversions[field.items](place, item)
  end
  return copy
end

function conversions.list(what, value, field)
  if type(value) ~= "table" then wrong(what, "a list", value) end
  for key in pairs(value) do
    if not math.type(key) then fail("%s has to be a list, and has the name %q", what, tostring(key)) end
  end
  return each(what, value, field)
end

function conversions.table(what, value, field)
  if type(value) ~= "table" then wrong(what, "a table", value) end
  if #value > 0 then fail("%s has to be a table with names, { NAME = value }, not a list", what) end
  return each(what, value, field)
end

function conversions.proof(what, value)
  if processes[value] then return { process = processes[value] } end
  return conversions["function"](what, value)
end

function conversions.release(what, value)
  if processes[value] then return { process = processes[value] } end
  if type(value) == "function" then return { call = keep(value) } end
  return checked(what, value, api.release)
end

-- field: its row in the table of the API.
function entries.convert(what, value, field)
  local converted = conversions[field.type](what, value, field)
  if field.form then host("form", what, field.form, converted) end
  return converted
end

local function register(verb, target, options, f, ...)
  if target ~= nil and rawequal(target, core.globals.backup) then fail("call it with a dot: backup.%s(…)", verb) end
  if select("#", ...) > 0 then fail("backup.%s takes a name, options and a function, and nothing after it", verb) end
  if not is_loading then fail("backup.%s is for the file's own level, not for a function", verb) end
  if f == nil and type(options) == "function" then options, f = {}, options end
  if type(target) ~= "string" then fail("backup.%s needs a name first, not a %s", verb, type(target)) end
  if type(f) ~= "function" then fail("backup.%s(%q) needs a function last, not a %s", verb, target, type(f)) end
  options = checked("options", options or {}, api.options)
  for _, other in ipairs(registrations) do
    if other.verb == verb and other.target == target and other.f == f then
      fail("backup.%s(%q) has this function already", verb, target)
    end
  end
  registrations[#registrations + 1] = { verb = verb, target = target, f = f }
  host("register", { verb = verb, target = target, options = options, id = #registrations })
end

local backup = core.functions.backup
for _, verb in ipairs(api.verbs) do
  -- One mistake does not hide the next: all of a file's are told.
  backup[verb] = function(...)
    local is_right, problem = pcall(register, verb, ...)
    if not is_right then host("mistake", problem) end
  end
end
core.globals.backup = read_only("backup", backup)

function entries.load(text, name)
  local chunk, problem = load(text, name, "t", environment)
  if not chunk then fail(problem) end
  is_loading = true
  chunk()
  is_loading = false
end

core.checked, core.functions, core.processes, core.registrations = checked, functions, processes, registrations
core.shown = shown
-- Whether the file's own level is being run.
function core.is_loading() return is_loading end

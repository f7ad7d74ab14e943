-- The verbs, options and versions: the part that runs while a file is loaded.
local core = ...
local api, entries, environment = core.api, core.entries, core.environment
local by_name, fail, host, names = core.by_name, core.fail, core.host, core.names
local plain_value, read_only, unknown = core.plain, core.read_only, core.unknown

local registrations, functions = {}, {}
-- Numbers of living processes, by what the hook has of them.
local processes = setmetatable({}, { __mode = "k" })
local is_loading = false

-- Checks the fields of a table that a hook made, and returns a copy with functions kept by number.
local function checked(what, given, fields, extra)
  given = plain_value(given)
  if type(given) ~= "table" then fail("%s has to be a table, not %s", what, type(given)) end
  local known, copy = by_name(fields), {}
  for key, value in pairs(given) do
    local field = known[key]
    if field then
      copy[key] = entries.convert(("%s.%s"):format(what, key), value, field.type)
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

local plain = { boolean = "boolean", list = "table", number = "number", string = "string", table = "table" }

-- A value as Swift takes it.
function entries.convert(what, value, kind)
  if plain[kind] then
    if type(value) ~= plain[kind] then fail("%s has to be a %s, not a %s", what, kind, type(value)) end
  elseif kind == "integer" then
    if math.type(value) ~= "integer" then
      local whole = type(value) == "number" and math.tointeger(value)
      if not whole then fail("%s has to be a whole number, not %s", what, tostring(value)) end
      return whole
    end
  elseif kind == "duration" then
    return host("duration", what, value)
  elseif kind == "function" then
    if type(value) ~= "function" then fail("%s has to be a function, not a %s", what, type(value)) end
    return keep(value)
  elseif kind == "proof" then
    if processes[value] then return { process = processes[value] } end
    return entries.convert(what, value, "function")
  elseif kind == "release" then
    if processes[value] then return { process = processes[value] } end
    if type(value) == "function" then return { call = keep(value) } end
    return checked(what, value, api.release)
  end
  return value
end

local function register(verb, target, options, f)
  if not is_loading then fail("backup.%s is for the file's own level, not for a function", verb) end
  if f == nil and type(options) == "function" then options, f = {}, options end
  if type(target) ~= "string" then fail("backup.%s needs a name first, not a %s", verb, type(target)) end
  if type(f) ~= "function" then fail("backup.%s(%q) needs a function last, not a %s", verb, target, type(f)) end
  options = checked("options", options or {}, api.options)
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
-- Whether the file's own level is being run.
function core.is_loading() return is_loading end

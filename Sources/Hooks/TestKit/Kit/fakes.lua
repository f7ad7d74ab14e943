-- The fakes: the values that a test gives to a hook, and what it asks afterwards.
local core = ...
local fail, host, read_only, unknown = core.fail, core.host, core.read_only, core.unknown

local fake, unfaked = {}, {}
local given = { sql = {}, exec = {}, http = {} }
local secrets = {}

local function list_by_kind(kinds)
  return setmetatable({}, {
    __index = function(all, kind)
      if math.type(kind) then return nil end
      if not kinds[kind] then unknown("kind of call", kind, { "sql", "exec", "http", "write", "undo", "intend" }) end
      local some = {}
      for _, one in ipairs(all) do if one.kind == kind then some[#some + 1] = one end end
      return some
    end,
  })
end
fake.calls = list_by_kind { sql = true, exec = true, http = true, write = true, undo = true, intend = true }
fake.outcome = "none"
fake.logs, fake.warnings, fake.progress, fake.undos, fake.intended = {}, {}, {}, {}, {}

for kind in pairs(given) do
  fake[kind] = function(what, reply)
    if reply == nil then what, reply = nil, what end
    if reply == nil then fail("fake.%s needs a reply", kind) end
    table.insert(given[kind], 1, { what = what, reply = reply })
  end
end

function fake.secret(name, value) secrets[name] = value end

local function append(list, items)
  for _, item in ipairs(items) do list[#list + 1] = item end
end

-- The acts of hooks that Swift recorded while they ran.
local function take(heard)
  fake.outcome = heard.outcome
  append(fake.logs, heard.logs)
  append(fake.warnings, heard.warnings)
  append(fake.progress, heard.progress)
  if heard.error then error(heard.error, 0) end
  return heard.value
end

-- Functions of the hook's result, as functions of this state.
local function revive(result)
  for key, value in pairs(result) do
    if type(value) == "table" then
      local number = math.type(value.call) and value.call
      if number then
        result[key] = function() return take(host("fake_invoke", number)) end
      else
        revive(value)
      end
    end
  end
  -- A release is one form everywhere.
  if type(result.release) == "function" then result.release = { call = result.release } end
  return result
end

function fake.options(options) host("fake_options", options) end
function fake.run(fields) host("fake_run", fields) end
function fake.load() take(host("fake_load")) end

function fake.call(target)
  local answer = take(host("fake_call", target))
  return answer.result and revive(answer.result) or answer
end

function fake.filter(name, value) return take(host("fake_filter", name, value)) end
function fake.event(name, fields) take(host("fake_event", name, fields or {})) end

fake.vars = core.shared("fake_var", "fake_set_var", {})

fake.clock = read_only("fake.clock", {
  now = function() return host("now") end,
  set = function(time) host("set_clock", time) end,
  advance = function(time) host("advance", host("duration", "time", time)) end,
})

core.take = take
core.fake, core.given, core.secrets, core.unfaked = fake, given, secrets, unfaked

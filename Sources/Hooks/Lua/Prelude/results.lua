-- Results: the value that a hook's function returned, checked and in the form that Swift takes.
local core = ...
local api, checked, entries, fail, verdicts = core.api, core.checked, core.entries, core.fail, core.verdicts

local finish = {}

local function check_made(name, state)
  if state.made then
    fail("%s: a verdict was made and not returned: write \"return run:%s(…)\"", name, state.made.verdict)
  end
end

-- A helper's verdict that the hook did not return must not give way to a later one.
local function check_only(name, state, result)
  local made = state.made
  if not made then fail("%s returned a verdict of another call: return run:%s(…)", name, result.verdict) end
  if made ~= result then
    fail("%s: run:%s(…) was made, and run:%s(…) returned: return the first", name, made.verdict, result.verdict)
  end
end

function finish.before(name, state, result)
  if result == nil then
    check_made(name, state)
    return { verdict = "proceed" }
  end
  if not verdicts[result] then
    fail("%s returned %s; it may return nothing, or run:veto, defer, skip or retry", name, type(result))
  end
  check_only(name, state, result)
  return result
end

function finish.replace(name, state, result, target)
  if verdicts[result] then
    check_only(name, state, result)
    return result
  end
  check_made(name, state)
  local fields = api.results[target] or {}
  if #fields == 0 then
    if result ~= nil then fail("%s returned %s; this step has no result", name, type(result)) end
    return {}
  end
  if type(result) ~= "table" then
    fail("%s returned %s; it has to return a table, or run:decline", name, type(result))
  end
  return { result = checked("result", result, fields) }
end

function finish.after(name, _, result)
  if result ~= nil then fail("%s returned %s; after returns nothing", name, type(result)) end
  return {}
end

-- Whether two values of a filter are the same, lists compared inside.
local function same(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then return one == other end
  for key, value in next, one do
    if not same(value, other[key]) then return false end
  end
  for key in next, other do
    if one[key] == nil then return false end
  end
  return true
end

function finish.filter(name, state, result, _, given, before)
  local is_unchanged = verdicts[result]
  if (result == nil or is_unchanged) and not same(given, before) then
    fail("%s changed its list and did not return it: return the list", name)
  end
  if is_unchanged then return {} end
  check_made(name, state)
  if result == nil then fail("%s returned nothing: return the value, or run:unchanged()", name) end
  return { value = result }
end

function finish.on() return {} end

local function copy_of(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in next, value do copy[key] = copy_of(item) end
  return copy
end

-- A filter's value is the hook's to change; an event, and a step's result, can be read only.
local function argument(hook, value)
  local fields = hook.verb == "on" and api.events[hook.target] or hook.verb == "after" and api.known[hook.target]
  if not fields or value == nil then return value end
  return core.frozen(hook.verb == "on" and "event" or "the result", value, core.by_name(fields))
end

function entries.call(id, name, value)
  local hook = core.registrations[id]
  value = argument(hook, value)
  local before = hook.verb == "filter" and copy_of(value)
  local result = hook.f(core.new_run(), value)
  local state = core.end_run()
  return finish[hook.verb](name, state, result, hook.target, value, before)
end

function entries.invoke(id)
  core.functions[id](core.new_run())
  core.end_run()
  return {}
end

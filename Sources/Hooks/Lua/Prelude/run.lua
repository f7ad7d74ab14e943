-- The run object: the first argument of a hook's function.
local core = ...
local api, checked, entries, functions = core.api, core.checked, core.entries, core.functions
local by_name, fail, host, names = core.by_name, core.fail, core.host, core.names
local frozen, processes, read_only, strict = core.frozen, core.processes, core.read_only, core.strict
local unknown = core.unknown
local pack, unpack = table.pack, table.unpack

local field_of, function_of, verdict_of = by_name(api.fields), {}, by_name(api.verdicts)
local private = setmetatable({}, { __mode = "k" })
local verdicts = setmetatable({}, { __mode = "k" })
local current
for _, one in ipairs(api.functions) do function_of[one.name] = one end

local function state_of(run, name)
  local state = private[run or false]
  if not state then fail("call it with a colon: run:%s(…)", name or "…") end
  if state ~= current then fail("run is used after its hook has ended") end
  return state
end

local function make_verdict(name)
  return function(run, why, options)
    local state = state_of(run)
    host("check_verdict", name)
    if math.type(why) or core.sealed[why] then why = tostring(why) end
    if type(why) ~= "string" or why == "" then fail("run:%s needs a reason", name) end
    if options ~= nil and type(options) ~= "table" then
      fail('run:retry takes a table of options, such as { wait = "10s" }, not a %s', type(options))
    end
    local verdict = { verdict = name, reason = why }
    if options then
      for key, value in pairs(checked("options", options, api.retry)) do verdict[key] = value end
    end
    verdicts[verdict] = true
    state.made = state.made or verdict
    return verdict
  end
end

local methods = {}
for name in pairs(verdict_of) do methods[name] = make_verdict(name) end
function methods.unchanged(run)
  local state = state_of(run)
  host("check_verdict", "unchanged")
  local verdict = { verdict = "unchanged" }
  verdicts[verdict] = true
  state.made = state.made or verdict
  return verdict
end
for name in pairs(function_of) do
  methods[name] = function(run, ...)
    state_of(run)
    return host(name, ...)
  end
end

local function command_of(name, command)
  local what = name == "stage" and "a stage of run:pipe" or "run:" .. name
  if type(command) ~= "table" then
    fail('%s needs a list of words, such as { "ls", "/" }, not %s', what, core.shown(command))
  end
  local words = {}
  for i = 1, #command do
    if command[i] == nil then fail("word %d of %s is nil", i, what) end
    words[i] = command[i]
  end
  command = checked(name == "stage" and "the stage" or "command", command, api[name], true)
  for i = 1, #words do command[i] = nil end
  command.words = words
  return command
end

-- Lines are handed over while the program runs.
function methods.exec(run, command)
  state_of(run)
  command = command_of("exec", command)
  local on_line = command.on_line and functions[command.on_line.call]
  if not on_line then return strict("the result of run:exec", host("exec", command), "exec") end
  command.on_line = nil
  local handle = host("exec_start", command)
  for line in function() return host("exec_line", handle) end do on_line(line) end
  return strict("the result of run:exec", host("exec_end", handle), "exec")
end

function methods.http(run, request)
  state_of(run)
  request = checked("request", request, api.http)
  if request.body ~= nil and request.json ~= nil then fail("run:http takes either body or json, not both") end
  local answer = host("http", request)
  -- As they are written on the line, and in any other case.
  setmetatable(answer.headers, {
    __index = function(headers, name) return type(name) == "string" and rawget(headers, name:lower()) or nil end,
  })
  return strict("the result of run:http", answer, "http")
end

function methods.pipe(run, pipeline)
  state_of(run)
  if type(pipeline) ~= "table" or #pipeline == 0 then fail("run:pipe needs a list of programs") end
  local stages = {}
  for i = 1, #pipeline do stages[i] = command_of("stage", pipeline[i]) end
  local options = checked("pipeline", pipeline, api.pipe, true)
  for i = 1, #stages do options[i] = nil end
  options.stages = stages
  return strict("the result of run:pipe", host("pipe", options), "pipe")
end

function methods.spawn(run, command)
  state_of(run)
  command = command_of("spawn", command)
  local started = host("spawn", command)
  local number, ready = started.number, command.ready
  while ready do
    local line = host("spawn_line", number)
    if line:find(ready) then break end
  end
  if ready then host("spawn_ready", number) end
  local process = read_only("process", { pid = started.pid })
  processes[process] = number
  return process
end

function methods.undo(run, name, release)
  state_of(run)
  return host("undo", name, entries.convert("release", release, { type = "release" }))
end

function methods.intend(run, release)
  state_of(run)
  return host("intend", entries.convert("release", release, { type = "release" }))
end

-- Texts with secrets: lists of strings and names. Only the functions that take them look inside.
local texts = core.sealed
local function open(value)
  if type(value) ~= "table" or core.views[value] then return value end
  if texts[value] then return { ["\0text"] = texts[value] } end
  local copy
  for key, item in next, value do
    local opened = open(item)
    if opened ~= item then
      if not copy then
        copy = {}
        for other, one in next, value do copy[other] = one end
      end
      copy[key] = opened
    end
  end
  return copy or value
end

-- A format would have the secret's name in place of its value.
local format = string.format
rawset(string, "format", function(form, ...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if texts[value or false] then fail("a secret loses its value in string.format: join it to the text with ..") end
  end
  return format(form, ...)
end)

local new_text
local text_meta = { __metatable = false, __name = "secret" }
function text_meta.__tostring(text)
  local shown = {}
  for i, part in ipairs(texts[text]) do shown[i] = part.name and "[secret " .. part.name .. "]" or part end
  return table.concat(shown)
end

-- "Bearer " .. run:secret("token") is a text with a secret, too.
function text_meta.__concat(left, right)
  local parts = {}
  local given = { left, right }
  for i = 1, 2 do
    local one = given[i]
    if texts[one] then
      table.move(texts[one], 1, #texts[one], #parts + 1, parts)
    elseif type(one) == "string" or math.type(one) then
      parts[#parts + 1] = tostring(one)
    else
      fail("a secret cannot be joined to a %s", type(one))
    end
  end
  return new_text(parts)
end

function text_meta.__index(_, key)
  fail("a secret has no field or method %q: its text is not for Lua code", tostring(key))
end
function text_meta.__len() fail("a secret has no length: its text is not for Lua code") end
text_meta.__newindex = text_meta.__index

function new_text(parts)
  local text = setmetatable({}, text_meta)
  texts[text] = parts
  return text
end

function methods.secret(run, name)
  state_of(run)
  host("secret", name)
  return new_text { { name = name } }
end
for _, name in ipairs { "exec", "pipe", "spawn", "http", "sql", "admin" } do
  local plain_one = methods[name]
  methods[name] = function(run, ...)
    local given = pack(...)
    for i = 1, given.n do given[i] = open(given[i]) end
    return plain_one(run, unpack(given, 1, given.n))
  end
end

function methods.warn(run, text)
  state_of(run)
  if text == nil or text == "" then fail("run:warn needs a text") end
  host("warn", texts[text] and tostring(text) or text)
end

for _, name in ipairs { "sql", "admin" } do
  local ask = methods[name]
  methods[name] = function(run, ...) return core.rows(name, ask(run, ...)) end
end

-- Each call has a colon, and the right number of arguments.
for name, call in pairs(methods) do
  methods[name] = function(run, ...)
    state_of(run, name)
    core.check_count("run:" .. name, select("#", ...))
    return call(run, ...)
  end
end

local files = {}
for _, one in ipairs(api.files) do
  local function call(...)
    core.check_count("run.fs." .. one.name, select("#", ...))
    local answer = host("fs_" .. one.name, ...)
    return one.name == "stat" and strict("the result of run.fs.stat", answer, "stat") or answer
  end
  files[one.name] = function(...)
    -- run.fs:read(path) and run.fs.read(path) are the same.
    local self = ...
    if type(self) == "table" then return call(select(2, ...)) end
    return call(...)
  end
end
files = read_only("run.fs", files)

local vars = core.shared("var", "set_var", {})

local known_names = names(api.fields)
for name in pairs(methods) do known_names[#known_names + 1] = name end

-- The fields that are known now.
local function known_fields()
  local seen = { vars = host("var", {}) }
  for name in pairs(field_of) do
    if name ~= "fs" and name ~= "vars" then
      local is_there, value = pcall(host, "field", name)
      if is_there then seen[name] = value end
    end
  end
  return seen
end

local run_meta = {
  __pairs = function(run)
    local seen = known_fields()
    return function(_, key)
      local following = next(seen, key)
      if following ~= nil then return following, run[following] end
    end, run, nil
  end,
  __index = function(run, key)
    local method = methods[key]
    if method then return method end
    local state = state_of(run)
    if key == "fs" then return files end
    if key == "vars" then return vars end
    if not field_of[key] then unknown("field of run", key, known_names) end
    local value = state.seen[key]
    if value == nil then
      local record = field_of[key].record
      value = frozen("run." .. key, host("field", key), record and core.records[record])
      state.seen[key] = value
    end
    return value
  end,
  __newindex = function() fail("run cannot be changed; run.vars hands values on") end,
  __metatable = false,
  __name = "run",
}

local function new_run()
  local run = setmetatable({}, run_meta)
  current = { seen = {} }
  private[run] = current
  core.views[run] = known_fields
  return run
end

core.new_run, core.verdicts = new_run, verdicts
-- Ends the run object's time; returns what its functions noted.
function core.end_run()
  local state = current
  current = nil
  return state
end

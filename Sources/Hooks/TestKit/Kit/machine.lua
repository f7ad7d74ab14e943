-- The machine of a test: the effects of the hooks' calls.
local core = ...
local api, checked, fail, fake, fits = core.api, core.checked, core.fail, core.fake, core.fits
local given, host, secrets, unfaked = core.given, core.host, core.secrets, core.unfaked

local effects = {}

local function missing(what)
  local text = "no fake for " .. what
  unfaked[#unfaked + 1] = text
  error(text, 0)
end

local function record(kind, call)
  call.kind = kind
  fake.calls[#fake.calls + 1] = call
end

local function begins(words, start)
  for i, word in ipairs(start) do if words[i] ~= word then return false end end
  return true
end

local function is_for(what, text, words)
  if type(what) == "table" then return words ~= nil and begins(words, what) end
  return fits(text, what)
end

-- The reply of the newest fake that fits.
local function reply_to(kind, text, words, ...)
  for _, one in ipairs(given[kind]) do
    if is_for(one.what, text, words) then
      local reply = one.reply
      if type(reply) == "function" then reply = reply(...) end
      return reply
    end
  end
  missing(("%s: %s"):format(kind, text))
end

local function pass(reply, limit)
  if reply.takes then host("advance", math.min(reply.takes, limit)) end
  return reply
end

-- As the session gives them: texts and numbers, and nothing for NULL.
local function as_row(row)
  if type(row) ~= "table" then fail("a row has to be a table, not %s", type(row)) end
  local copy = {}
  for column, value in pairs(row) do
    if type(value) == "boolean" then fail("a server answers 0 and 1, not true and false") end
    copy[column] = value
  end
  return copy
end

function effects.sql(statement, session)
  record("sql", { statement = statement, session = session })
  local reply, rows = reply_to("sql", statement, nil, statement, session) or {}, {}
  if type(reply) ~= "table" then fail("rows have to be a list, not a %s", type(reply)) end
  if reply.error then error(reply.error, 0) end
  for i, row in ipairs(reply) do rows[i] = as_row(row) end
  return rows
end

function effects.exec(command)
  record("exec", command)
  local reply = reply_to("exec", table.concat(command.words, " "), command.words, command)
  if type(reply) == "string" then reply = { stdout = reply } end
  return pass(checked("exec reply", reply or {}, api.exec_reply), command.timeout)
end

function effects.http(request)
  record("http", request)
  local reply = reply_to("http", request.url, nil, request)
  if type(reply) == "number" then reply = { status = reply } end
  reply = pass(checked("http reply", reply or {}, api.http_reply), request.timeout)
  if reply.json ~= nil then reply.body, reply.json = host("json.encode", reply.json), nil end
  return reply
end

function effects.secret(name)
  if secrets[name] == nil then missing("secret: " .. name) end
  return secrets[name]
end

-- Releases are there at once, so that a fake can see whether they came before an act.
function effects.undo(undo)
  local number = #fake.undos + 1
  if undo.is_function then undo.run = function() core.take(host("fake_undo", number)) end end
  undo.is_function = nil
  fake.undos[number] = undo
  record("undo", { name = undo.name, exec = undo.exec, sql = undo.sql })
end

function effects.intend(undo)
  fake.intended[#fake.intended + 1] = undo
  record("intend", { exec = undo.exec, sql = undo.sql })
end

core.effects, core.missing, core.record = effects, missing, record

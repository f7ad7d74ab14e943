-- The expectations of tests.
local core = ...
local globals, host, read_only = core.globals, core.host, core.read_only

globals.backup = nil
-- A failed expectation fails the case, also where it is caught.
local broken

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = (math.type(key) and "" or key .. " = ") .. (type(item) == "table" and "{…}" or shown(item))
  end
  if #value == 0 then table.sort(parts) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function differences(actual, expected, place, list, depth)
  if actual == expected or #list > 20 then return list end
  if type(actual) ~= "table" or type(expected) ~= "table" or depth > 20 then
    local at = place == "" and "" or place .. " is "
    list[#list + 1] = ("%s%s, expected %s"):format(at, (shown(actual)), (shown(expected)))
    return list
  end
  local keys, seen = {}, {}
  for _, one in ipairs { expected, actual } do
    for key in pairs(one) do
      if not seen[key] then seen[key], keys[#keys + 1] = true, key end
    end
  end
  table.sort(keys, function(a, b)
    if math.type(a) and math.type(b) then return a < b end
    return tostring(a) < tostring(b)
  end)
  for _, key in ipairs(keys) do
    local inner = math.type(key) and ("%s[%s]"):format(place, key) or ("%s.%s"):format(place, tostring(key))
    differences(actual[key], expected[key], inner, list, depth + 1)
  end
  return list
end

local function disappoint(text, ...)
  text = select("#", ...) > 0 and text:format(...) or text
  broken = broken or { message = text, line = host("line") }
  error(text, 0)
end

local function fits(text, what)
  if what == nil or text == what or text:find(what, 1, true) then return true end
  local is_pattern, found = pcall(text.find, text, what)
  return is_pattern and found ~= nil
end

local expect = {}

function expect.equal(actual, expected)
  local list = differences(actual, expected, "", {}, 0)
  if #list > 0 then disappoint("%s", table.concat(list, "\n")) end
end

function expect.matches(text, what)
  if type(text) ~= "string" or not fits(text, what) then
    disappoint("%s does not match %s", (shown(text)), (shown(what)))
  end
end

function expect.raises(what, f, ...)
  local answer = table.pack(pcall(f, ...))
  if answer[1] then disappoint("no error was raised, expected one with %s", (shown(what))) end
  local message = tostring(answer[2])
  if not fits(message, what) then disappoint("raised %s, expected %s", (shown(message)), (shown(what))) end
  return message
end

globals.expect = read_only("expect", expect)

core.fits = fits
function core.broken() return broken end

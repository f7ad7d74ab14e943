-- The cases of a test file, and the call of one.
local core = ...
local entries, fail, fake, globals, host = core.entries, core.fail, core.fake, core.globals, core.host

local functions_of_cases = {}

function globals.test(name, f)
  if not core.is_loading() then fail("test is for the file's own level, not for a function") end
  if type(name) ~= "string" or name == "" then fail("test needs a name first") end
  if type(f) ~= "function" then fail("test(%q) needs a function last, not a %s", name, type(f)) end
  functions_of_cases[#functions_of_cases + 1] = f
  host("case", name)
end

function entries.run(number)
  functions_of_cases[number](fake)
  return nil
end

-- What is wrong although nothing may have been raised.
function entries.complaints() return { broken = core.broken(), unfaked = core.unfaked } end

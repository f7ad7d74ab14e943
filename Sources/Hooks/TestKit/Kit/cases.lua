-- The cases of a test file, and the call of one.
local core = ...
local entries, fail, fake, globals, host = core.entries, core.fail, core.fake, core.globals, core.host

-- By their names: the file is loaded anew for each case, and may make its cases in another order then.
local functions_of_cases = {}

function globals.test(name, f)
  if not core.is_loading() then fail("test is for the file's own level, not for a function") end
  if type(name) ~= "string" or name == "" then fail("test needs a name first") end
  if type(f) ~= "function" then fail("test(%q) needs a function last, not a %s", name, type(f)) end
  if functions_of_cases[name] then fail("two cases have the name %q: give each case a name of its own", name) end
  functions_of_cases[name] = f
  host("case", name)
end

function entries.run(name)
  local f = functions_of_cases[name]
  if not f then
    fail("the file has no case %q when it is loaded again: a case needs the same name each time", name)
  end
  f(fake)
  return nil
end

-- The failures of a case that may not have raised an error.
function entries.complaints() return { broken = core.broken(), unfaked = core.unfaked } end

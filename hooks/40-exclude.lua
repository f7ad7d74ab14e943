backup.require_api(1)
-- Leaves out what a server makes anew when it starts; refuses patterns without which nothing can be restored.
-- [hooks.exclude] add = ["*.tmp"]
local add = backup.option("add", {})
local anew = { "*.pid", "*.sock", "ib_buffer_pool", "#innodb_temp/", "ibtmp1" }
-- One of each kind that a server can't start without.
local needed = {
  "ibdata1", "ib_logfile0", "#innodb_redo", "#innodb_redo/#ib_redo1", "undo_001", "undo001", "mysql.ibd", "mysql",
  "aria_log_control",
}

-- A shell pattern as one of Lua's.
local function translated(pattern)
  local plain = pattern:gsub("^/", ""):gsub("/$", "")
  local form = plain:gsub("([^%[]*)(%[?[^%]]*%]?)", function(text, set)
    text = text:gsub("[%^%$%(%)%%%.%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".")
    return text .. set:gsub("^%[!", "[^")
  end)
  return "^" .. form .. "$"
end

local function spoils(pattern)
  local form = translated(pattern)
  for _, name in ipairs(needed) do
    -- A pattern that Lua can't read is for the archive to refuse.
    local is_pattern, found = pcall(string.find, name, form)
    if is_pattern and found then return true end
  end
  return false
end

backup.filter("archive.exclude", { desc = "leave out what is made anew" }, function(_, list)
  for _, pattern in ipairs(anew) do list[#list + 1] = pattern end
  for _, pattern in ipairs(add) do list[#list + 1] = pattern end
  for _, pattern in ipairs(list) do
    if spoils(pattern) then error(("%q would leave out what a restore needs"):format(pattern)) end
  end
  return list
end)

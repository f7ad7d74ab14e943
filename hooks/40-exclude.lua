backup.require_api(1)
-- Leaves out files that a server makes anew when it starts; refuses patterns that would make a restore impossible.
-- [hooks.exclude] add = ["*.tmp"]
local add = backup.option("add", {})
local anew = { "*.pid", "*.sock", "ib_buffer_pool", "#innodb_temp/", "ibtmp1" }
-- One of each kind that a server cannot start without, of MySQL's and of MariaDB's; directories end in "/".
local needed = {
  "ibdata1", "ib_logfile0", "#innodb_redo/", "#innodb_redo/#ib_redo1", "undo_001", "undo001", "mysql.ibd",
  "aria_log_control", "aria_log.00000001", "mysql/", "mysql/global_priv.frm", "mysql/global_priv.MAD",
  "mysql/global_priv.MAI", "mysql/db.frm", "mysql/db.MYD", "mysql/db.MYI", "mysql/innodb_table_stats.ibd",
}

-- The first element of a pattern, as a class of Lua's for one byte, and the rest; where none fits, the pattern is not
-- valid.
local function first_of(pattern)
  local set, rest = pattern:match("^(%[[!^]?.[^%]]*%])(.*)$")
  if set then return set:gsub("%%", "%%%%"):gsub("^%[!", "[^"), rest end
  local byte
  byte, rest = pattern:match("^\\?(.)(.*)$")
  if pattern:sub(1, 1) == "?" then return ".", rest end
  return (byte:gsub("%W", "%%%0")), rest
end

local fits

local function star_fits(stars, rest, text)
  -- "**/" also stands for no directory at all.
  if stars == "**" and rest:sub(1, 1) == "/" and fits(rest:sub(2), text) then return true end
  for i = 1, #text + 1 do
    if fits(rest, text:sub(i)) then return true end
    if stars == "*" and text:sub(i, i) == "/" then return false end
  end
  return false
end

-- Whether the archive's pattern matches the whole text.
function fits(pattern, text)
  if pattern == "" then return text == "" end
  local stars, rest = pattern:match("^(%*%*?)(.*)$")
  if stars then return star_fits(stars, rest, text) end
  local byte = text:sub(1, 1)
  local class
  class, rest = first_of(pattern)
  local is_one = byte ~= "" and byte:find(class) and (byte ~= "/" or class == "%/")
  return is_one and fits(rest, text:sub(2)) or false
end

-- As the archive looks at a path: a pattern may begin at any of its names, unless a "/" ties it to the first.
local function leaves_out(pattern, path)
  local is_for_directories = pattern:find("/$")
  if is_for_directories and not path:find("/$") then return false end
  local plain = pattern:gsub("^/", ""):gsub("/$", "")
  path = path:gsub("/$", "")
  if fits(plain, path) then return true end
  if pattern:find("^/") then return false end
  for rest in path:gmatch("/()") do
    if fits(plain, path:sub(rest)) then return true end
  end
  return false
end

local function spoils(pattern)
  for _, path in ipairs(needed) do
    if leaves_out(pattern, path) then return true end
  end
  return false
end

backup.filter("archive.exclude", { desc = "leave out files that are made anew" }, function(_, list)
  for _, pattern in ipairs(anew) do list[#list + 1] = pattern end
  for _, pattern in ipairs(add) do list[#list + 1] = pattern end
  for _, pattern in ipairs(list) do
    if spoils(pattern) then error(("%q would leave out files that a restore needs"):format(pattern)) end
  end
  return list
end)

backup.require_api(1)
-- Leaves out what a server makes anew when it starts; refuses patterns without which nothing can be restored.
-- [hooks.exclude] add = ["*.tmp"]
local add = backup.option("add", {})
local anew = { "*.pid", "*.sock", "ib_buffer_pool", "#innodb_temp/", "ibtmp1" }
local needed = { "ibdata*", "ib_logfile*", "#innodb_redo", "undo*", "mysql.ibd" }

backup.filter("archive.exclude", { desc = "leave out what is made anew" }, function(_, list)
  for _, pattern in ipairs(anew) do list[#list + 1] = pattern end
  for _, pattern in ipairs(add) do list[#list + 1] = pattern end
  for _, pattern in ipairs(list) do
    for _, name in ipairs(needed) do
      if pattern == name then error(("%q would leave out what a restore needs"):format(pattern)) end
    end
  end
  return list
end)

local anew = { "*.pid", "*.sock", "ib_buffer_pool", "#innodb_temp/", "ibtmp1" }

test("files that are made anew are left out, after the configured patterns", function(fake)
  local list = fake.filter("archive.exclude", { "*.bak" })
  expect.equal(list, { "*.bak", table.unpack(anew) })
end)

test("a site adds its own", function(fake)
  fake.options { add = { "*.tmp", "scratch/" } }
  local list = fake.filter("archive.exclude", {})
  expect.equal(#list, #anew + 2)
  expect.equal({ list[#list - 1], list[#list] }, { "*.tmp", "scratch/" })
end)

for _, pattern in ipairs { "ibdata*", "ib_logfile*", "#innodb_redo", "undo*", "mysql.ibd" } do
  test(("%q, which a restore needs, is refused from the command line"):format(pattern), function(fake)
    local message = expect.raises("would leave out files that a restore needs", fake.filter, "archive.exclude", { pattern })
    expect.matches(message, ("%q"):format(pattern))
  end)

  test(("%q, which a restore needs, is refused from the configuration"):format(pattern), function(fake)
    fake.options { add = { pattern } }
    expect.raises("would leave out files that a restore needs", fake.filter, "archive.exclude", {})
  end)
end

local spoilers = {
  "ibdata1", "ib_logfile0", "/ibdata1", "#innodb_redo/", "undo_001", "mysql.ib*", "*.ibd", "*", "ibdata?", "ibdata[0-9]",
  "ibdata[!a]", "\\ibdata1", "**", "**/ibdata1", "/**/ibdata1", "mysql", "mysql/", "mysql/*", "/mysql/*", "mysql/**",
  "*.MAD", "*.MAI", "*.frm", "*.MYD", "*.MYI", "aria_log.*", "aria_log*", "/aria_log_control", "global_priv.*", "db.???",
  "mysql/db.[fM]*", "my*/*.MAD", "**.MYD", "**/*.frm", "innodb_table_stats.ibd",
}
for _, pattern in ipairs(spoilers) do
  test(("%q leaves out the same, and is refused"):format(pattern), function(fake)
    expect.raises("would leave out files that a restore needs", fake.filter, "archive.exclude", { pattern })
  end)
end

local harmless = {
  "*.log", "shop/*.bak", "undone.txt", "ibdata1.old", "#innodb_temp/*", "shop/*.MAD", "/*.MAD", "/global_priv.MAD", "ibdata1/",
  "mysql?db.MYD", "mysql[!a]db.MYD", "*/*/db.MYD", "**/data1", "mysql/slow_log.CS*", "aria_log.%d*", "[%w]bdata1", "\\*",
}
for _, pattern in ipairs(harmless) do
  test(("%q is none of that"):format(pattern), function(fake)
    expect.equal(fake.filter("archive.exclude", { pattern })[1], pattern)
  end)
end

test("an option of another kind is refused", function(fake)
  fake.options { add = "*.tmp" }
  expect.raises("add has to be", fake.load)
end)

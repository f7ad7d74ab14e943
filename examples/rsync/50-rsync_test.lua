local partial = "/backups/trees/20261122T101502Z-7f3a.partial"
local stats = "Number of files: 1,234 (reg: 1,200)\nTotal transferred file size: 98,765 bytes\n"

local function site(fake)
  fake.options { directory = "/backups/trees" }
  fake.fs["/backups/trees"] = {}
  fake.run { mount = { path = "/mnt/data" } }
  fake.exec({ "rsync" }, stats)
  fake.exec({ "sync", "-f", partial }, {})
  fake.exec({ "mv", "-T", partial }, {})
end

test("the tree gets its name when it is complete and on the disk", function(fake)
  site(fake)
  local copy = fake.call("replace.archive")
  expect.equal({ copy.location, copy.bytes, copy.files }, { "/backups/trees/20261122T101502Z-7f3a", 98765, 1234 })
  local programs = {}
  for i, call in ipairs(fake.calls.exec) do programs[i] = call.words[1] end
  expect.equal(programs, { "rsync", "sync", "mv" })
  local words = fake.calls.exec[1].words
  expect.equal({ words[#words - 1], words[#words] }, { "/mnt/data/", partial .. "/" })
end)

test("unchanged files are links to the newest tree before, and to no partial one", function(fake)
  site(fake)
  for _, name in ipairs { "20261101T000000Z-0a1b", "20261120T000000Z-0a1b", "20261121T000000Z-0a1b.partial", "zzz" } do
    fake.fs["/backups/trees/" .. name] = {}
  end
  fake.call("replace.archive")
  expect.matches(table.concat(fake.calls.exec[1].words, " "), " --link-dest=../20261120T000000Z-0a1b ")
end)

test("the partial tree is the engine's to remove before it is there", function(fake)
  site(fake)
  local discard = { "rm", "-rf", "--one-file-system", "--", partial }
  fake.exec({ "rsync" }, { status = 11, stderr = "No space left on device" })
  expect.raises("rsync ended with status 11: No space left on device", fake.call, "replace.archive")
  expect.equal(fake.intended, { { exec = discard } })
  expect.equal(fake.undos, { { name = "the partial tree", exec = discard } })
end)

test("where the run fails later the tree is removed", function(fake)
  site(fake)
  local release = fake.call("replace.archive").release
  local remove = { "rm", "-rf", "--one-file-system", "--", "/backups/trees/20261122T101502Z-7f3a" }
  expect.equal(release.exec, remove)
  fake.exec({ "rm" }, {})
  release.call()
  expect.equal(fake.calls.exec[4].words, remove)
  expect.equal({ fake.calls.exec[4].timeout, release.timeout }, { 600, 600 })
end)

test("without the directory the run fails", function(fake)
  site(fake)
  fake.fs["/backups/trees"] = nil
  fake.fs["/backups"] = {}
  expect.raises("no such file or directory", fake.call, "replace.archive")
end)

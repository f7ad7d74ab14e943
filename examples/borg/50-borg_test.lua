local answer = '{"archive": {"stats": {"deduplicated_size": 4096, "nfiles": 12}}}'

local function site(fake)
  fake.options { repository = "/backups/borg" }
  fake.secret("borg", "very secret")
  fake.run { mount = { path = "/mnt/data" } }
end

test("the copy goes to the repository, under the run's name", function(fake)
  site(fake)
  fake.exec({ "borg", "create" }, answer)
  local copy = fake.call("replace.archive")
  expect.equal(copy.location, "/backups/borg::20261122T101502Z-7f3a")
  expect.equal({ copy.bytes, copy.files }, { 4096, 12 })
  local call = fake.calls.exec[1]
  expect.equal(call.cwd, "/mnt/data")
  expect.equal(call.env, { BORG_REPO = "/backups/borg", BORG_PASSPHRASE = "very secret", HOME = "/root" })
  assert(not table.concat(call.words, " "):find("very secret"))
end)

test("a warning of borg's fails the run: on a snapshot nothing changes", function(fake)
  site(fake)
  fake.exec({ "borg", "create" }, { status = 1, stderr = "file changed while we backed it up" })
  expect.raises("ended with status 1: file changed", fake.call, "replace.archive")
end)

test("an answer that is no JSON fails the run", function(fake)
  site(fake)
  fake.exec({ "borg", "create" }, "oops")
  expect.raises("this is not JSON", fake.call, "replace.archive")
end)

test("where the run fails later the copy is deleted", function(fake)
  site(fake)
  fake.exec({ "borg", "create" }, answer)
  local copy = fake.call("replace.archive")
  fake.exec({ "borg", "delete" }, {})
  copy.release.call()
  expect.equal(fake.calls.exec[2].words, { "borg", "delete", "::20261122T101502Z-7f3a" })
  expect.equal({ fake.calls.exec[2].timeout, copy.release.timeout }, { 600, 600 })
  expect.equal(copy.release.repair, "borg delete '/backups/borg::20261122T101502Z-7f3a'")
end)

test("the command for an operator is right for every repository", function(fake)
  site(fake)
  fake.options { repository = "/backups/o'hara's" }
  fake.exec({ "borg", "create" }, answer)
  local repair = fake.call("replace.archive").release.repair
  expect.equal(repair, "borg delete '/backups/o'\\''hara'\\''s::20261122T101502Z-7f3a'")
end)

test("without a repository the file is refused", function(fake)
  expect.raises("the option repository is not set", fake.load)
end)

local lines = '{"message_type":"status","percent_done":0.5}\n'
  .. '{"message_type":"summary","snapshot_id":"ab12","data_added":4096,"total_files_processed":12}\n'

local function site(fake, options)
  options = options or {}
  options.repository = "/backups/restic"
  fake.options(options)
  fake.secret("restic", "very secret")
  fake.run { mount = { path = "/mnt/data" } }
end

test("the copy is a snapshot of restic's, and its progress is the run's", function(fake)
  site(fake)
  fake.exec({ "restic", "backup" }, lines)
  local copy = fake.call("replace.archive")
  expect.equal({ copy.location, copy.bytes, copy.files }, { "restic:/backups/restic#ab12", 4096, 12 })
  expect.equal(fake.progress, { 0.5 })
  expect.equal(fake.calls.exec[1].env.RESTIC_PASSWORD, "very secret")
  expect.equal(fake.calls.exec[1].cwd, "/mnt/data")
end)

test("the repository is checked where that is asked for", function(fake)
  site(fake, { check = true })
  fake.exec({ "restic", "backup" }, lines)
  fake.exec({ "restic", "check" }, { status = 1, stderr = "pack is damaged" })
  expect.raises("pack is damaged", fake.call, "replace.archive")
end)

test("an end without a summary fails the run", function(fake)
  site(fake)
  fake.exec({ "restic", "backup" }, "")
  expect.raises("restic ended without a summary", fake.call, "replace.archive")
end)

test("a failing restic fails the run", function(fake)
  site(fake)
  fake.exec({ "restic", "backup" }, { status = 3, stderr = "some files could not be read" })
  expect.raises("status 3: some files could not be read", fake.call, "replace.archive")
end)

test("where the run fails later the snapshot is forgotten, by name or by the run's tag", function(fake)
  site(fake)
  fake.exec({ "restic", "backup" }, lines)
  local release = fake.call("replace.archive").release
  expect.equal(release.exec, {
    "restic", "-r", "/backups/restic", "forget", "--tag", "20261122T101502Z-7f3a",
  })
  fake.exec({ "restic", "forget" }, {})
  release.call()
  expect.equal(fake.calls.exec[2].words, { "restic", "forget", "ab12" })
end)

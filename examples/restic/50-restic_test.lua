local lines = '{"message_type":"status","percent_done":0.5}\n'
  .. '{"message_type":"summary","snapshot_id":"ab12","data_added":4096,"total_files_processed":12}\n'

local program = { "restic", "-r", "/backups/restic", "--password-file", "/etc/lvmbackup/secrets/restic" }

local function restic(...)
  local words = { table.unpack(program) }
  for _, word in ipairs { ... } do words[#words + 1] = word end
  return words
end

local function site(fake, options)
  options = options or {}
  options.repository = "/backups/restic"
  fake.options(options)
  fake.run { mount = { path = "/mnt/data" } }
end

test("the copy is a snapshot of restic's, and its progress is the run's", function(fake)
  site(fake)
  fake.exec(restic("backup"), lines)
  local copy = fake.call("replace.archive")
  expect.equal({ copy.location, copy.bytes, copy.files }, { "restic:/backups/restic#ab12", 4096, 12 })
  expect.equal(fake.progress, { 0.5 })
  expect.equal(fake.calls.exec[1].cwd, "/mnt/data")
end)

test("the repository is checked where that is asked for", function(fake)
  site(fake, { check = true })
  fake.exec(restic("backup"), lines)
  fake.exec(restic("check"), { status = 1, stderr = "pack is damaged" })
  expect.raises("pack is damaged", fake.call, "replace.archive")
end)

test("an end without a summary fails the run", function(fake)
  site(fake)
  fake.exec(restic("backup"), "")
  expect.raises("restic ended without a summary", fake.call, "replace.archive")
end)

test("a failing restic fails the run", function(fake)
  site(fake)
  fake.exec(restic("backup"), { status = 3, stderr = "some files could not be read" })
  expect.raises("status 3: some files could not be read", fake.call, "replace.archive")
end)

test("where the run fails later the snapshot is forgotten, by its id", function(fake)
  site(fake)
  fake.exec(restic("backup"), lines)
  local release = fake.call("replace.archive").release
  expect.equal(release.exec, restic("forget", "--no-cache", "ab12"))
  fake.exec(restic("forget"), {})
  release.call()
  expect.equal(fake.calls.exec[2].words, restic("forget", "ab12"))
  expect.equal({ fake.calls.exec[2].timeout, release.timeout }, { 600, 600 })
end)

test("the password is where the configuration says", function(fake)
  site(fake, { password_file = "/root/restic" })
  fake.exec({ "restic" }, lines)
  local release = fake.call("replace.archive").release
  expect.equal({ fake.calls.exec[1].words[5], release.exec[5] }, { "/root/restic", "/root/restic" })
end)

local target = "/backups/tar/20261122T101502Z-7f3a.tar.xz"

local function site(fake)
  fake.run { mount = { path = "/mnt/data" } }
  fake.fs["/backups/tar"] = {}
  fake.exec({ "tar", "-C", "/mnt/data" }, "the data")
  fake.exec({ "find" }, "xxx")
end

test("the output of tar goes through the compressor into the file", function(fake)
  site(fake)
  fake.exec({ "xz" }, function(command) return "<" .. command.stdin .. ">" end)
  local copy = fake.call("replace.archive")
  expect.equal({ copy.location, copy.bytes, copy.files }, { target, 10, 3 })
  expect.equal(fake.fs[target], "<the data>")
  expect.equal(copy.release.exec, { "rm", "-f", "--", target })
end)

test("a compressor that fails leaves no file, and fails the run", function(fake)
  site(fake)
  fake.exec({ "xz" }, { status = 1, stderr = "memory usage limit reached" })
  expect.raises("stage 2 of 2: xz ended with status 1: memory usage limit reached", fake.call, "replace.archive")
  expect.equal(fake.fs[target], nil)
end)

test("a tar that fails leaves no file either, although the compressor is content", function(fake)
  site(fake)
  fake.exec({ "tar" }, { status = 2, stdout = "half" })
  fake.exec({ "xz" }, "x")
  expect.raises("stage 1 of 2: tar ended with status 2", fake.call, "replace.archive")
  expect.equal(fake.fs[target], nil)
end)

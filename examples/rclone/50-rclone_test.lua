local config = "/root/.config/rclone/rclone.conf"
local object = "s3:bucket/db1/20261128T040506Z-7f3a.tar.zst"

local function rclone(...) return { "rclone", "--config", config, ... } end

local function site(fake, options)
  options = options or {}
  options.remote = "s3:bucket/db1"
  fake.options(options)
  fake.run { id = "20261128T040506Z-7f3a", mount = { path = "/mnt/data" } }
  fake.exec({ "find" }, "xxx")
  fake.exec(rclone("moveto"), {})
  fake.exec(rclone("size", "--json"), '{"count":1,"bytes":4096}')
end

-- The programs that ran; of rclone its verb and what follows.
local function programs(fake)
  local lines = {}
  for _, call in ipairs(fake.calls.exec) do
    local words = call.words
    lines[#lines + 1] = words[1] == "rclone" and table.concat(words, " ", 4) or words[1]
  end
  return lines
end

test("the archive is streamed, and gets its name when it is whole", function(fake)
  site(fake)
  for _, stage in ipairs { { "tar" }, { "zstd" }, rclone("rcat") } do fake.exec(stage, "") end
  local archive = fake.call("replace.archive")
  expect.equal({ archive.location, archive.bytes, archive.files }, { "rclone:" .. object, 4096, 3 })
  expect.equal(archive.release.exec, rclone("deletefile", object))
  expect.equal(programs(fake), {
    "find", "tar", "zstd", "rcat " .. object .. ".partial",
    "moveto " .. object .. ".partial " .. object, "size --json " .. object,
  })
end)

test("age encrypts for a recipient, before rclone has the data", function(fake)
  site(fake, { recipient = "age1qx" })
  for _, stage in ipairs { { "tar" }, { "zstd" }, { "age", "-r", "age1qx" }, rclone("rcat") } do fake.exec(stage, "") end
  local archive = fake.call("replace.archive")
  expect.equal(archive.location, "rclone:" .. object .. ".age")
  local ran = programs(fake)
  expect.equal({ ran[4], ran[5] }, { "age", "rcat " .. object .. ".age.partial" })
end)

test("a stream that breaks off is no archive, and its object is removed", function(fake)
  site(fake)
  fake.exec({ "tar" }, { status = 2, stderr = "cannot read" })
  fake.exec({ "zstd" }, "")
  fake.exec(rclone("rcat"), "")
  fake.exec(rclone("deletefile"), {})
  expect.raises("cannot read", fake.call, "replace.archive")
  local ran = programs(fake)
  expect.equal(ran[#ran], "deletefile " .. object .. ".partial")
end)

test("the objects of removed sets go, encrypted or not, and a set without one is no failure", function(fake)
  site(fake)
  fake.exec(rclone("lsf"), { status = 3, stderr = "not found" })
  fake.exec(rclone("lsf", "s3:bucket/db1/old.tar.zst"), "old.tar.zst\n")
  fake.exec(rclone("deletefile", "s3:bucket/db1/old.tar.zst"), {})
  fake.event("retained", { retention = { kept = { "new" }, removed = { "old", "local" } } })
  expect.equal(programs(fake), {
    "lsf s3:bucket/db1/old.tar.zst", "deletefile s3:bucket/db1/old.tar.zst", "lsf s3:bucket/db1/old.tar.zst.age",
    "lsf s3:bucket/db1/local.tar.zst", "lsf s3:bucket/db1/local.tar.zst.age",
  })
end)

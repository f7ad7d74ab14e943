local data, uuid = "/srv/mysql/data", "0f6a5b0e-11d1-4f4e-9a43-0d2a3c4b5e6f"
local copy = "/srv/mysql/snapshots/20261122T101502Z-7f3a"
local remove = {
  "find", "/srv/mysql/snapshots", "-mindepth", "1", "-maxdepth", "1", "-name", "20261122T101502Z-7f3a",
  "-exec", "btrfs", "subvolume", "delete", "--commit-after", "{}", "+",
}

local function filesystem(fake, kind)
  fake.exec({ "findmnt" }, json.encode {
    filesystems = { { source = "/dev/sdb[/data]", fstype = kind, target = "/srv/mysql", size = 4096, avail = 1024 } },
  })
end

-- A data directory on btrfs, a subvolume of its own.
local function site(fake)
  fake.options { snapshots = "/srv/mysql/snapshots" }
  fake.fs[data] = {}
  fake.fs[data .. "/ibdata1"] = "x"
  fake.run { server = { datadir = data, files = { { role = "tablespace", path = data .. "/ibdata1", is_required = true } } } }
  filesystem(fake, "btrfs")
  fake.exec({ "btrfs", "subvolume", "show", data }, ("data\n\tName: \t\tdata\n\tUUID: \t\t%s\n\tParent UUID: \t-\n"):format(uuid))
  fake.exec({ "btrfs", "subvolume", "list", "-o", data }, "")
  fake.exec({ "btrfs", "subvolume", "snapshot", data, copy }, {})
end

local function parent(fake, of)
  fake.exec({ "btrfs", "subvolume", "show", copy }, ("s\n\tUUID: \t\tother\n\tParent UUID: \t%s\n"):format(of))
end

test("the data directory is found to be a subvolume", function(fake)
  site(fake)
  expect.equal(fake.call("replace.locate"), {
    group = "btrfs", name = uuid, device = "/dev/sdb[/data]", filesystem = "btrfs", mount_points = { "/srv/mysql" },
    size = 4096, free = 1024,
  })
  expect.equal(fake.vars.subvolume, { path = data, uuid = uuid })
end)

test("the snapshot is made, and its removal is the engine's", function(fake)
  site(fake)
  fake.call("replace.locate")
  local snapshot = fake.call("replace.snapshot")
  expect.equal({ snapshot.name, snapshot.device }, { copy, copy })
  expect.equal(fake.intended, { { exec = remove } })
  expect.equal(snapshot.release, { exec = remove, timeout = 120, repair = "btrfs subvolume delete " .. copy })
end)

test("the snapshot's removal is recorded before it is made: also where it then cannot be made", function(fake)
  site(fake)
  fake.call("replace.locate")
  fake.exec({ "btrfs", "subvolume", "snapshot" }, { status = 1, stderr = "No space left on device" })
  expect.raises("No space left on device", fake.call, "replace.snapshot")
  expect.equal(fake.intended, { { exec = remove } })
end)

test("a snapshot of something else is none", function(fake)
  site(fake)
  fake.call("replace.locate")
  local snapshot = fake.call("replace.snapshot")
  parent(fake, uuid)
  snapshot.check()
  parent(fake, "-")
  expect.raises(copy .. " is not the snapshot that was made", snapshot.check)
end)

test("elsewhere than on btrfs the built-in steps do it", function(fake)
  site(fake)
  filesystem(fake, "xfs")
  expect.equal(fake.call("replace.locate"), { verdict = "decline", reason = "its data directory is on xfs" })
  expect.equal(fake.call("replace.snapshot").verdict, "decline")
  expect.equal(fake.call("replace.mount").verdict, "decline")
  expect.equal(fake.call("before.recover").verdict, "proceed")
  expect.equal(#fake.intended, 0)
end)

test("subvolumes below the data directory, which a snapshot would not have, are refused", function(fake)
  site(fake)
  fake.exec({ "btrfs", "subvolume", "list", "-o", data }, "ID 258 gen 9 top level 257 path data/shop\n")
  expect.raises("there are subvolumes below the data directory:\nID 258", fake.call, "replace.locate")
end)

test("a data directory that is no subvolume is refused", function(fake)
  site(fake)
  fake.exec({ "btrfs", "subvolume", "show", data }, { status = 1, stderr = "Not a Btrfs subvolume" })
  expect.raises("Not a Btrfs subvolume", fake.call, "replace.locate")
end)

test("data elsewhere by a link is refused", function(fake)
  site(fake)
  fake.fs["/srv/other/ibdata1"] = "x"
  fake.fs[data .. "/ibdata1"] = { link = "/srv/other/ibdata1" }
  expect.raises("/srv/other/ibdata1 (tablespace) is not below the data directory " .. data, fake.call, "replace.locate")
end)

test("the copy is mounted without devices and programs, and unmounted by the engine", function(fake)
  site(fake)
  fake.call("replace.locate")
  fake.run { snapshot = { name = copy, device = copy } }
  fake.exec({ "mount", "--bind" }, {})
  local mount = fake.call("replace.mount")
  expect.equal(mount, { path = copy, release = { exec = { "umount", copy } } })
  local words = fake.calls.exec[#fake.calls.exec].words
  expect.equal({ words[4], words[5], words[6] }, { "nosuid,nodev,noexec,noatime", copy, copy })
end)

test("the recovery is left to the restored server", function(fake)
  site(fake)
  fake.call("replace.locate")
  expect.equal(fake.call("before.recover"), {
    verdict = "skip", reason = "on btrfs the restored server recovers by itself",
  })
end)

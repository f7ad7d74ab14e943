local function server(fake, is_replica)
  fake.fs["/pg/data/pg_wal"] = { link = "/wal" }
  fake.fs["/pg/data/pg_tblspc"] = {}
  fake.fs["/wal"] = {}
  fake.exec("SHOW data_directory", "/pg/data\n")
  fake.exec("SHOW server_version", "15.10 (Debian 15.10-0)\n")
  fake.exec("pg_is_in_recovery", is_replica and "t\n" or "f\n")
end

test("connect returns the server's answers and the place of its data", function(fake)
  server(fake)
  expect.equal(fake.call("replace.connect"), {
    flavour = "postgresql", version = "15.10 (Debian 15.10-0)", datadir = "/pg/data", files = { "/wal" },
    is_replica = false,
  })
end)

test("tablespaces are data, too", function(fake)
  server(fake, true)
  fake.fs["/pg/data/pg_tblspc/16384"] = { link = "/fast" }
  fake.fs["/fast"] = {}
  local connection = fake.call("replace.connect")
  expect.equal(connection.files, { "/wal", "/fast" })
  expect.equal(connection.is_replica, true)
end)

test("psql is asked as the server's user, on its socket", function(fake)
  server(fake)
  fake.options { user = "pg", socket = "/run/pg", port = "5433" }
  fake.call("replace.connect")
  local call = fake.calls.exec[1]
  expect.equal(call.user, "pg")
  expect.matches(table.concat(call.words, " "), "-h /run/pg -p 5433 ")
end)

test("a server that does not answer fails the run", function(fake)
  server(fake)
  fake.exec({ "psql" }, { status = 2, stderr = "could not connect to server" })
  expect.raises("could not connect to server", fake.call, "replace.connect")
end)

for _, case in ipairs { { "postgresql", false, 1 }, { "postgresql", true, 0 }, { "mariadb", false, 0 } } do
  local flavour, is_replica, count = case[1], case[2], case[3]
  test(("checkpoints before the lock of %s%s: %d"):format(flavour, is_replica and " (replica)" or "", count),
    function(fake)
      fake.run { server = { flavour = flavour, is_replica = is_replica } }
      fake.exec("CHECKPOINT", {})
      expect.equal(fake.call("before.lock").verdict, "proceed")
      expect.equal(#fake.calls, count)
    end)
end

test("there is nothing to lock", function(fake)
  fake.run { server = { flavour = "postgresql" } }
  local lock = fake.call("replace.lock")
  expect.equal({ lock.plan, lock.release }, { "none" })
end)

test("another server's lock is the next one's", function(fake)
  expect.equal(fake.call("replace.lock"), { verdict = "decline", reason = "not PostgreSQL" })
end)

test("files of a running server only are left out, of PostgreSQL alone", function(fake)
  fake.run { server = { flavour = "postgresql" } }
  expect.equal(fake.filter("archive.exclude", { "x" }), {
    "x", "/postmaster.pid", "/postmaster.opts", "pg_stat_tmp/*", "pgsql_tmp*",
  })
  fake.run { server = { flavour = "mariadb" } }
  expect.equal(fake.filter("archive.exclude", { "x" }), { "x" })
end)

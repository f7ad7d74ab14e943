local function server(fake)
  fake.sql("FLUSH", {})
  fake.sql("SHOW MASTER STATUS", { { File = "binlog.000003", Position = 99 } })
  fake.sql("gtid_binlog_pos", { { gtid = "0-1-7" } })
end

test("there is no flush beforehand", function(fake)
  expect.equal(fake.call("replace.flush"), {})
  expect.equal(#fake.calls, 0)
end)

test("the lock is the site's own, with coordinates, on the session that holds it", function(fake)
  server(fake)
  fake.options { tables = { "shop.orders", "shop.items" } }
  local lock = fake.call("replace.lock")
  expect.equal({ lock.plan, lock.coordinates }, {
    "custom", { binlog = { file = "binlog.000003", position = 99 }, gtid = "0-1-7" },
  })
  local calls = fake.calls.sql
  expect.equal(calls[1].statement, "FLUSH NO_WRITE_TO_BINLOG TABLES shop.orders")
  expect.equal(calls[3].statement, "FLUSH TABLES WITH READ LOCK")
  for _, call in ipairs(calls) do expect.equal(call.session, "lock") end
end)

test("the release unlocks on the same session", function(fake)
  server(fake)
  local lock = fake.call("replace.lock")
  fake.sql("UNLOCK TABLES", {})
  lock.release.call()
  local last = fake.calls[#fake.calls]
  expect.equal({ last.statement, last.session }, { "UNLOCK TABLES", "lock" })
end)

test("without a binary log there is no position", function(fake)
  server(fake)
  fake.sql("SHOW MASTER STATUS", {})
  expect.equal(fake.call("replace.lock").coordinates, { gtid = "0-1-7" })
end)

test("another server is the next one's", function(fake)
  fake.run { server = { flavour = "mysql" } }
  expect.equal(fake.call("replace.lock"), { verdict = "decline", reason = "written for MariaDB" })
end)

test("a lock that is not granted fails the run", function(fake)
  server(fake)
  fake.sql("READ LOCK", { error = "Lock wait timeout exceeded" })
  expect.raises("Lock wait timeout exceeded", fake.call, "replace.lock")
end)

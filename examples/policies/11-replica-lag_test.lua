local function replica(fake, rows)
  fake.run { server = { is_replica = true, flavour = "mariadb" } }
  fake.sql("SHOW ALL SLAVES STATUS", rows)
end

test("a source is not asked", function(fake)
  expect.equal(fake.call("before.flush").verdict, "proceed")
  expect.equal(#fake.calls, 0)
end)

test("a lagging replica is asked again, a current one is backed up", function(fake)
  replica(fake, { { Seconds_Behind_Master = 31 } })
  expect.equal(fake.call("before.flush").reason, "the replica lags 31 s")
  fake.sql("SHOW ALL SLAVES STATUS", { { Seconds_Behind_Master = 30 } })
  expect.equal(fake.call("before.flush").verdict, "proceed")
end)

test("a stopped replica refuses the run", function(fake)
  replica(fake, { {} })
  expect.equal(fake.call("before.flush"), { verdict = "veto", reason = "replication is not running" })
end)

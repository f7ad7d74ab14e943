local function replica(fake, flavour)
  fake.run { server = { is_replica = true, flavour = flavour or "mariadb", version = flavour and "8.0.36" } }
end

test("a source is not asked", function(fake)
  expect.equal(fake.call("before.flush"), { verdict = "proceed" })
  expect.equal(#fake.calls, 0)
end)

test("a replica that keeps up lets the run go on", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", { { Seconds_Behind_Master = 30 } })
  expect.equal(fake.call("before.flush"), { verdict = "proceed" })
end)

test("a lagging replica is asked again after a pause, until it has caught up", function(fake)
  replica(fake)
  local began = fake.clock.now()
  fake.sql("SHOW ALL SLAVES STATUS", function()
    return { { Seconds_Behind_Master = fake.clock.now() < began + 30 and 31 or 0 } }
  end)
  local first = fake.call("before.flush")
  expect.equal(first, { verdict = "retry", reason = "the replica lags 31 s behind", wait = 15, attempts = 8 })
  expect.equal(fake.call("before.flush").verdict, "retry")
  expect.equal(fake.call("before.flush").verdict, "proceed")
  expect.equal(fake.clock.now() - began, 30)
end)

test("the configuration says how much and how often", function(fake)
  replica(fake)
  fake.options { max_lag = "2m", wait = "1m", attempts = 3 }
  local lag = 120
  fake.sql("SHOW ALL SLAVES STATUS", function() return { { Seconds_Behind_Master = lag } } end)
  expect.equal(fake.call("before.flush").verdict, "proceed")
  lag = 121
  local verdict = fake.call("before.flush")
  expect.equal(verdict, { verdict = "retry", reason = "the replica lags 121 s behind", wait = 60, attempts = 3 })
end)

test("the slowest of several channels counts", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", { { Seconds_Behind_Master = 0 }, { Seconds_Behind_Master = 99 } })
  expect.equal(fake.call("before.flush").reason, "the replica lags 99 s behind")
end)

test("a replica that is stopped refuses the run", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", { { Slave_SQL_Running = "No" } })
  expect.equal(fake.call("before.flush"), { verdict = "veto", reason = "replication is not running" })
end)

test("a channel that is stopped refuses the run, also where another one lags", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", { { Seconds_Behind_Master = 99 }, { Slave_SQL_Running = "No" } })
  expect.equal(fake.call("before.flush").verdict, "veto")
end)

test("MySQL is asked in its own words, and answers in either", function(fake)
  replica(fake, "mysql")
  fake.sql("SHOW REPLICA STATUS", { { Seconds_Behind_Source = 40 } })
  expect.equal(fake.call("before.flush").reason, "the replica lags 40 s behind")
  expect.equal(fake.calls.sql[1].statement, "SHOW REPLICA STATUS")
  fake.sql("SHOW REPLICA STATUS", { { Seconds_Behind_Master = 50 } })
  expect.equal(fake.call("before.flush").reason, "the replica lags 50 s behind")
end)

test("a MySQL that knows the old words only is asked in them", function(fake)
  fake.run { server = { is_replica = true, flavour = "mysql", version = "5.7.44-log" } }
  fake.sql("SHOW SLAVE STATUS", { { Seconds_Behind_Master = 1 } })
  expect.equal(fake.call("before.flush").verdict, "proceed")
end)

test("a server that is no MySQL is not asked", function(fake)
  replica(fake, "postgresql")
  expect.equal(fake.call("before.flush").verdict, "proceed")
end)

test("a replica about whose channels nothing is said refuses the run", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", {})
  expect.equal(fake.call("before.flush"), { verdict = "veto", reason = "replication is not running" })
end)

test("a query that fails, fails the run", function(fake)
  replica(fake)
  fake.sql("SHOW ALL SLAVES STATUS", { error = "Access denied" })
  expect.raises("10-replica-lag.lua:", function() fake.call("before.flush") end)
end)

test("a wrong option is refused", function(fake)
  fake.options { max_lag = "soon" }
  expect.raises("max_lag has to be a time", fake.load)
end)

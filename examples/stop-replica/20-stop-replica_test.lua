local temporary = "open_temp_tables"
local form = {
  mariadb = {
    status = "SHOW ALL SLAVES STATUS", name = "Connection_name", runs = "Slave_SQL_Running",
    stop = "STOP SLAVE '%s' SQL_THREAD", start = "START SLAVE '%s' SQL_THREAD", temporary = "Slave_open_temp_tables",
  },
  mysql = {
    status = "SHOW REPLICA STATUS", name = "Channel_Name", runs = "Replica_SQL_Running",
    stop = "STOP REPLICA SQL_THREAD FOR CHANNEL '%s'", start = "START REPLICA SQL_THREAD FOR CHANNEL '%s'",
    temporary = "Replica_open_temp_tables",
  },
}

-- A replica with these channels, by name: whether the SQL thread runs.
local function replica(fake, flavour, channels)
  local words = form[flavour]
  fake.run { server = { is_replica = true, flavour = flavour } }
  local rows = {}
  for _, channel in ipairs(channels) do
    rows[#rows + 1] = { [words.name] = channel[1], [words.runs] = channel[2] and "Yes" or "No" }
  end
  fake.sql(words.status, rows)
  fake.sql(temporary, { { Variable_name = words.temporary, Value = "0" } })
  fake.sql("STOP ", {})
  fake.sql("START ", {})
end

-- The statements on the session that may write.
local function changed(fake)
  local list = {}
  for _, call in ipairs(fake.calls.sql) do
    if call.session == "admin" then list[#list + 1] = call.statement end
  end
  return list
end

test("a source is left alone", function(fake)
  expect.equal(fake.call("before.lock").verdict, "proceed")
  expect.equal(#fake.calls, 0)
end)

for flavour, words in pairs(form) do
  test(("%s: running threads are stopped, and their start is recorded before the stop"):format(flavour), function(fake)
    replica(fake, flavour, { { "", true }, { "idle", false }, { "o'hara", true } })
    expect.equal(fake.call("before.lock").verdict, "proceed")
    local quoted = "o\\'hara"
    expect.equal(changed(fake), { words.stop:format(""), words.stop:format(quoted) })
    expect.equal(fake.intended, { { sql = words.start:format("") }, { sql = words.start:format(quoted) } })
    expect.equal(#fake.undos, 2)
    expect.equal(fake.undos[2], { name = "the replica's SQL thread", sql = words.start:format(quoted) })
  end)
end

test("with open temporary tables it is started again, and tried later", function(fake)
  replica(fake, "mariadb", { { "", true } })
  fake.options { attempts = 4, pause = "7s" }
  fake.sql(temporary, { { Variable_name = "Slave_open_temp_tables", Value = "2" } })
  expect.equal(fake.call("before.lock"), {
    verdict = "retry", reason = "the replica has open temporary tables", wait = 7, attempts = 4,
  })
  expect.equal(changed(fake), { "STOP SLAVE '' SQL_THREAD", "START SLAVE '' SQL_THREAD" })
end)

test("however often it is tried, each start is recorded and owed once", function(fake)
  replica(fake, "mariadb", { { "", true }, { "idle", false }, { "east", true } })
  fake.sql(temporary, { { Variable_name = "Slave_open_temp_tables", Value = "1" } })
  for _ = 1, 3 do expect.equal(fake.call("before.lock").verdict, "retry") end
  fake.sql(temporary, { { Variable_name = "Slave_open_temp_tables", Value = "0" } })
  expect.equal(fake.call("before.lock").verdict, "proceed")
  local east, default = { sql = "START SLAVE 'east' SQL_THREAD" }, { sql = "START SLAVE '' SQL_THREAD" }
  expect.equal(fake.intended, { default, east })
  expect.equal({ #fake.undos, fake.undos[1].sql, fake.undos[2].sql }, { 2, default.sql, east.sql })
  local list = changed(fake)
  expect.equal({ #list, list[#list] }, { 14, "STOP SLAVE 'east' SQL_THREAD" })
end)

test("another run of the same program owes its own", function(fake)
  replica(fake, "mariadb", { { "", true } })
  fake.call("before.lock")
  fake.run { id = "20261123T101502Z-7f3b" }
  fake.call("before.lock")
  expect.equal({ #fake.undos, #fake.intended }, { 2, 2 })
end)

test("where no thread runs there is nothing to stop or to start", function(fake)
  replica(fake, "mysql", { { "", false } })
  expect.equal(fake.call("before.lock").verdict, "proceed")
  expect.equal({ #fake.undos, #fake.intended, #changed(fake) }, { 0, 0, 0 })
end)

test("a thread that somebody stopped amid temporary tables is waited for, too", function(fake)
  replica(fake, "mysql", { { "", false } })
  fake.sql(temporary, { { Variable_name = "Replica_open_temp_tables", Value = "1" } })
  expect.equal(fake.call("before.lock").verdict, "retry")
  expect.equal({ #fake.undos, #fake.intended, #changed(fake) }, { 0, 0, 0 })
end)

test("a MySQL with the old name only is asked by that", function(fake)
  replica(fake, "mysql", { { "", true } })
  fake.sql(temporary, { { Variable_name = "Slave_open_temp_tables", Value = "1" } })
  expect.equal(fake.call("before.lock").verdict, "retry")
end)

test("of two names the greater number counts", function(fake)
  replica(fake, "mysql", { { "", true } })
  fake.sql(temporary, {
    { Variable_name = "Replica_open_temp_tables", Value = "3" }, { Variable_name = "Slave_open_temp_tables", Value = "0" },
  })
  expect.equal(fake.call("before.lock").verdict, "retry")
end)

test("a server that does not tell its temporary tables is not stopped", function(fake)
  replica(fake, "mysql", { { "", true } })
  fake.sql(temporary, {})
  expect.equal(fake.call("before.lock"), {
    verdict = "veto", reason = "the server does not tell its open temporary tables",
  })
  expect.equal({ #fake.undos, #fake.intended, #changed(fake) }, { 0, 0, 0 })
end)

test("a failed stop fails the run, and the start stays recorded", function(fake)
  replica(fake, "mariadb", { { "", true } })
  fake.sql("STOP ", { error = "Access denied" })
  expect.raises("Access denied", fake.call, "before.lock")
  expect.equal(#fake.undos, 1)
  expect.equal(#fake.intended, 1)
end)

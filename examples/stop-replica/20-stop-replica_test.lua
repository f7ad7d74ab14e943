local function replica(fake, flavour)
  fake.run { server = { is_replica = true, flavour = flavour or "mariadb" } }
  fake.sql("open_temp_tables", { { Value = 0 } })
  fake.sql("STOP ", {})
  fake.sql("START ", {})
end

local function said(fake)
  local list = {}
  for i, call in ipairs(fake.calls.sql) do list[i] = call.statement end
  return list
end

test("a source is left alone", function(fake)
  expect.equal(fake.call("before.lock").verdict, "proceed")
  expect.equal(#fake.calls, 0)
end)

for flavour, words in pairs {
  mariadb = { "STOP ALL SLAVES", "START ALL SLAVES" },
  mysql = { "STOP REPLICA SQL_THREAD", "START REPLICA SQL_THREAD" },
} do
  test(("%s's replica is stopped, and its start is the engine's from before the stop"):format(flavour), function(fake)
    replica(fake, flavour)
    fake.sql("STOP ", function()
      expect.equal(#fake.calls.sql, 1)
      return {}
    end)
    expect.equal(fake.call("before.lock").verdict, "proceed")
    expect.equal(said(fake)[1], words[1])
    expect.equal(fake.calls.sql[1].session, "admin")
    expect.equal(fake.intended, { { sql = words[2] } })
    expect.equal(fake.undos, { { name = "the replica's threads", sql = words[2] } })
  end)
end

test("with open temporary tables it is started again, and tried later", function(fake)
  replica(fake)
  fake.options { attempts = 4, pause = "7s" }
  fake.sql("open_temp_tables", { { Value = 2 } })
  local verdict = fake.call("before.lock")
  expect.equal(verdict, {
    verdict = "retry", reason = "the replica has open temporary tables", wait = 7, attempts = 4,
  })
  expect.equal(said(fake)[3], "START ALL SLAVES")
end)

test("what can't be stopped fails the run, and its start stays recorded", function(fake)
  replica(fake)
  fake.sql("STOP ", { error = "Access denied" })
  expect.raises("Access denied", fake.call, "before.lock")
  expect.equal(#fake.undos, 1)
end)

test("a production host is refused", function(fake)
  local answer = fake.call("before.restore")
  expect.equal(answer.verdict, "veto")
  expect.equal(answer.reason, "db1 is a production host")
end)

test("one restore may override that", function(fake)
  fake.options { override = true }
  expect.equal(fake.call("before.restore").verdict, "proceed")
end)

test("a set of another host is refused where that is asked for", function(fake)
  fake.options { own_sets_only = true }
  fake.run { host = "test1", set = { host = "db1" } }
  expect.equal(fake.call("before.restore").reason, "the set is of db1")
end)

test("a restore is logged", function(fake)
  fake.call("after.restore")
  expect.matches(fake.logs[1], "restored.*/var/lib/mysql")
end)

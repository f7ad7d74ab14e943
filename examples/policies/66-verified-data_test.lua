test("a set that has the data is verified", function(fake)
  fake.options { query = "SELECT COUNT(*) FROM shop.orders", minimum = 100 }
  fake.sql("shop.orders", { { ["COUNT(*)"] = 100 } })
  fake.call("after.verify")
  expect.equal(fake.calls.sql[1].session, "copy")
end)

test("a set without the data fails the verification", function(fake)
  fake.sql("information_schema", { { number = 0 } })
  expect.raises("the set answers 0", fake.call, "after.verify")
end)

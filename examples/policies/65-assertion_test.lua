test("a copy that has the data is published", function(fake)
  fake.options { query = "SELECT COUNT(*) FROM shop.orders", minimum = 100 }
  fake.sql("shop.orders", { { ["COUNT(*)"] = 100 } })
  fake.call("after.recover")
  expect.equal(fake.calls.sql[1].session, "copy")
end)

test("a copy without the data fails the run", function(fake)
  fake.sql("information_schema", { { number = 0 } })
  expect.raises("the copy answers 0", fake.call, "after.recover")
  fake.sql("information_schema", {})
  expect.raises("the copy answers nil", fake.call, "after.recover")
end)

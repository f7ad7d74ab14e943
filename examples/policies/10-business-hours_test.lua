-- 2026-11-25 is a Wednesday.
local function at(fake, day, hour)
  fake.clock.set(os.time { year = 2026, month = 11, day = day, hour = hour })
end

test("a backup in business hours is deferred", function(fake)
  at(fake, 25, 10)
  expect.equal(fake.call("before.preflight"), { verdict = "defer", reason = "it is business hour until 18:00" })
end)

test("a backup at night and at the weekend is made", function(fake)
  at(fake, 25, 18)
  expect.equal(fake.call("before.preflight").verdict, "proceed")
  at(fake, 28, 10)
  expect.equal(fake.call("before.preflight").verdict, "proceed")
end)

test("one run may override it", function(fake)
  fake.options { override = true }
  at(fake, 25, 10)
  expect.equal(fake.call("before.preflight").verdict, "proceed")
end)

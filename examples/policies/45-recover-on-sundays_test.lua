local function day(fake, number)
  fake.clock.set(os.time { year = 2026, month = 11, day = number, hour = 3 })
  return fake.call("before.recover").verdict
end

test("the copy is recovered on Sundays only", function(fake)
  expect.equal({ day(fake, 28), day(fake, 29), day(fake, 30) }, { "skip", "proceed", "skip" })
end)

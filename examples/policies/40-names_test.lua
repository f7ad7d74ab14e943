test("patterns are added to those of the configuration", function(fake)
  expect.equal(fake.filter("archive.exclude", { "*.pid" }), { "*.pid", "*.log", "core.*" })
end)

test("the set is called by host and time", function(fake)
  expect.equal(fake.filter("archive.name", "20261122T101502Z-7f3a"), "db1-2026-11-22T101502")
end)

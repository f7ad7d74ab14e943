test("the checksums of every file of the set are beside it", function(fake)
  local set = "/backups/20261122T101502Z-7f3a"
  fake.fs[set .. "/data.tar.zst"] = "data"
  fake.fs[set .. "/manifest.json"] = "{}"
  fake.exec({ "sha256sum" }, "sums")
  fake.call("after.publish")
  expect.equal(fake.calls.exec[1].words, { "sha256sum", "--", "data.tar.zst", "manifest.json" })
  expect.equal(fake.calls.exec[1].cwd, set)
  expect.equal(fake.fs[set .. ".sha256"], "sums")
end)

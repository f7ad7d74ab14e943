// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "lvmbackup",
    products: [
        .library(name: "LVMBackup", targets: ["LVMBackup"]),
        .executable(name: "lvmbackup", targets: ["CLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // MARK: C libraries of Debian, each behind a module of its own

        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        .target(name: "CLinux"),
        // Debian's liblua5.4-dev.
        .target(name: "CLua", linkerSettings: [.linkedLibrary("lua5.4")]),
        .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
        // Debian's libtomlplusplus-dev, which is all headers.
        .target(name: "CTOML"),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // MARK: The engine and the machine

        .target(name: "Faults"),
        .target(name: "Waiting"),
        .target(name: "Lifecycle", dependencies: ["Faults", "Waiting"]),
        .target(name: "Host", dependencies: ["CLinux", "Faults", "Waiting"]),
        .target(name: "Storage", dependencies: ["Host", "Lifecycle"]),

        // MARK: Technologies: each performs its steps and knows no other

        .target(
            name: "Archive",
            dependencies: ["CDeflate", "CLinux", "CXXHash", "CZlib", "CZstd", "Faults", "Host", "Lifecycle", "Waiting"]
        ),
        .target(name: "HTTP", dependencies: ["CCurl", "Host"]),
        .target(
            name: "Hooks",
            dependencies: ["CLua", "HTTP", "Host", "Lifecycle", "Waiting"],
            resources: [.embedInCode("Lua/Prelude"), .embedInCode("TestKit/Kit")]
        ),
        .target(name: "LVM", dependencies: ["Faults", "Host", "Lifecycle", "Storage"]),
        .target(name: "MySQL", dependencies: ["CMariaDB", "Faults", "Host", "Lifecycle"]),

        // MARK: Products

        .target(
            name: "LVMBackup",
            dependencies: ["Archive", "CTOML", "Faults", "Hooks", "Host", "LVM", "Lifecycle", "MySQL", "Storage"]
        ),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Archive", "Hooks", "Host", "LVMBackup",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // MARK: Benchmarks

        .executableTarget(
            name: "ArchiveBench",
            dependencies: ["Archive", "LVMBackup"],
            path: "Benchmarks/ArchiveBench"
        ),
        .executableTarget(name: "HookBench", dependencies: ["Hooks", "LVMBackup"], path: "Benchmarks/HookBench"),

        // MARK: Examples

        .executableTarget(name: "embed", dependencies: ["LVMBackup"], path: "examples/embed", exclude: ["README.md"]),

        // MARK: Tests

        .target(
            name: "Conformance",
            dependencies: ["Host", "Lifecycle", "Storage", "TestSupport"],
            path: "Tests/Conformance"
        ),
        // Only the tests of a second database need it.
        .systemLibrary(name: "CSQLite", path: "Tests/CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .executableTarget(name: "LabPlainVolume", dependencies: ["LVMBackup"], path: "Tests/Lab/PlainVolume"),
        .executableTarget(name: "LabWriters", dependencies: ["CMariaDB"], path: "Tests/Lab/Writers"),
        .testTarget(
            name: "ArchiveTests",
            dependencies: ["Archive", "CLinux", "Lifecycle", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "Archive", "CLI", "Hooks", "Host", "LVMBackup", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "Host", "TestSupport"]),
        .testTarget(name: "HooksTests", dependencies: ["Hooks", "Host", "Lifecycle", "TestSupport", "Waiting"]),
        .testTarget(name: "FaultsTests", dependencies: ["Faults"]),
        .testTarget(name: "HostTests", dependencies: ["Host", "TestSupport"]),
        .testTarget(
            name: "LVMBackupTests",
            dependencies: [
                "Archive", "Hooks", "Host", "LVM", "LVMBackup", "Lifecycle", "MySQL", "Storage", "TestSupport",
            ]
        ),
        .testTarget(
            name: "LVMTests",
            dependencies: ["Conformance", "Host", "LVM", "Lifecycle", "Storage", "TestSupport"]
        ),
        .testTarget(name: "LabTests", dependencies: ["CXXHash"]),
        .testTarget(name: "LifecycleTests", dependencies: ["Lifecycle", "TestSupport"]),
        .testTarget(name: "MySQLTests", dependencies: ["Conformance", "Host", "Lifecycle", "MySQL", "TestSupport"]),
        .testTarget(name: "StorageTests", dependencies: ["Host", "Lifecycle", "Storage", "TestSupport"]),
        .testTarget(
            name: "TechnologyTests",
            dependencies: ["CSQLite", "Conformance", "Host", "LVMBackup", "Lifecycle", "Storage", "Waiting"]
        ),
        .target(name: "TestSupport", dependencies: ["Host", "Lifecycle"], path: "Tests/TestSupport"),
        .testTarget(name: "WaitingTests", dependencies: ["Waiting"]),
    ]
)

// Needs libFuzzer's main: built by Tests/Fuzz/fuzz alone.
if Context.environment["LVMBACKUP_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Archive", "Hooks", "Host", "LVM", "LVMBackup", "Lifecycle", "MySQL", "Storage"],
            path: "Tests/Fuzz",
            exclude: ["Seeds", "fuzz"]
        )
    )
}

for target in package.targets where target.type != .system && !["CLinux", "CLua", "CTOML"].contains(target.name) {
    target.swiftSettings = settings
}

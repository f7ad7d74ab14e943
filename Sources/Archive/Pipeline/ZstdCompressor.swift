import CZstd

/// Makes zstd frames that carry their size and a checksum, so that `zstd -t` finds damage too.
///
/// Level 1 has parameters of its own, which suit pages of databases: see ``fastest``.
final class ZstdCompressor: Compressor {
    private let context: OpaquePointer

    init(level: Int) throws(ArchiveError) {
        guard let context = ZSTD_createCCtx() else { throw .compressor("out of memory") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        if level == 1 { tune() }
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The parameters of level 1, which a release of libzstd may refuse.
    ///
    /// Measured by `Benchmarks/zstd-parameters` with libzstd 1.5.4, against its own level 1: 0.83 to 0.90 of the
    /// processor time for tables of InnoDB, Aria and MyISAM and for binary logs, and 0.98 to 1.03 of the size. Matches
    /// of fewer than six bytes seldom pay in rows, and a table of 2^13 hashes stays in the processor's first cache.
    /// The search steps over three bytes. By default libzstd then leaves literals uncompressed, a quarter of the size.
    private static let fastest: [(parameter: ZSTD_cParameter, value: Int32)] = [
        (ZSTD_c_minMatch, 6), (ZSTD_c_hashLog, 13), (ZSTD_c_targetLength, 2), (literalCompression, 1),
    ]

    /// `ZSTD_c_literalCompressionMode`, which `zstd.h` names for static linking only.
    private static let literalCompression = ZSTD_c_experimentalParam5

    private func tune() {
        // Without compressed literals, the others would make larger sets.
        let isRefused = Self.fastest.contains { entry in
            ZSTD_isError(ZSTD_CCtx_setParameter(context, entry.parameter, entry.value)) != 0
        }
        guard isRefused else { return }
        ZSTD_CCtx_reset(context, ZSTD_reset_parameters)
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    func compress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer) throws(ArchiveError) {
        let bound = ZSTD_compressBound(input.count)
        let room = output.reserve(bound)
        let written = ZSTD_compress2(context, room, bound, input.baseAddress, input.count)
        guard ZSTD_isError(written) == 0 else { throw .compressor(String(cString: ZSTD_getErrorName(written))) }
        output.commit(written)
    }
}

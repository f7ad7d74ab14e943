import CZstd

/// Makes zstd frames that carry their size and a checksum, so that `zstd -t` finds damage too.
final class ZstdCompressor: Compressor {
    private let context: OpaquePointer

    init(level: Int) throws(ArchiveError) {
        guard let context = ZSTD_createCCtx() else { throw .compressor("out of memory") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    func compress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer) throws(ArchiveError) {
        let bound = ZSTD_compressBound(input.count)
        let room = output.reserve(bound)
        let written = ZSTD_compress2(context, room, bound, input.baseAddress, input.count)
        guard ZSTD_isError(written) == 0 else { throw .compressor(String(cString: ZSTD_getErrorName(written))) }
        output.commit(written)
    }
}

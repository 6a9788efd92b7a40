/* Memory for nghttp2, which makes and frees eight small blocks for each call. A full connection does so for a hundred calls at once, where
   malloc's own thread cache holds seven of a size. */
#pragma once
#include <sys/mman.h>

/* From here on a block has pages of its own: a session's buffer for frames takes 16 KiB, of which an idle one touches a few bytes. On the
   heap it would lie where a handshake has written before, and be resident as a whole. */
enum { CNET_BLOCK_PAGES_FROM = 16 * 1024 };
/* Blocks come in multiples of this many bytes, up to that many multiples; larger ones are malloc's. */
enum { CNET_BLOCK_STEP = 64, CNET_BLOCK_SIZES = 16 };
/* What a thread keeps at most: the blocks of some 500 calls in flight. */
enum { CNET_BLOCKS_KEPT_BYTES = 512 * 1024 };

/* Stands before each block, and leaves it as aligned as malloc does. */
struct cnet_block {
    _Alignas(16) size_t size; /* in steps */
    struct cnet_block *next;
};
struct cnet_blocks {
    struct cnet_block *first[CNET_BLOCK_SIZES];
    size_t kept_bytes;
};
static inline struct cnet_blocks *cnet_thread_blocks(void) {
    static _Thread_local struct cnet_blocks blocks;
    return &blocks;
}

static inline void *cnet_block_malloc(size_t bytes, void *unused) {
    (void)unused;
    if (bytes > SIZE_MAX - sizeof(struct cnet_block) - CNET_BLOCK_STEP) return NULL;
    size_t size = bytes == 0 ? 1 : (bytes + CNET_BLOCK_STEP - 1) / CNET_BLOCK_STEP;
    if (size < CNET_BLOCK_SIZES) {
        struct cnet_blocks *blocks = cnet_thread_blocks();
        struct cnet_block *block = blocks->first[size];
        if (block != NULL) {
            blocks->first[size] = block->next;
            blocks->kept_bytes -= size * CNET_BLOCK_STEP;
            return block + 1;
        }
    }
    struct cnet_block *block;
    if (size * CNET_BLOCK_STEP < CNET_BLOCK_PAGES_FROM) {
        block = malloc(sizeof *block + size * CNET_BLOCK_STEP);
        if (block == NULL) return NULL;
    } else {
        block = mmap(NULL, sizeof *block + size * CNET_BLOCK_STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) return NULL;
    }
    block->size = size;
    return block + 1;
}

static inline void cnet_block_free(void *memory, void *unused) {
    (void)unused;
    if (memory == NULL) return;
    struct cnet_block *block = (struct cnet_block *)memory - 1;
    struct cnet_blocks *blocks = cnet_thread_blocks();
    size_t bytes = block->size * CNET_BLOCK_STEP;
    if (bytes >= CNET_BLOCK_PAGES_FROM) {
        munmap(block, sizeof *block + bytes);
        return;
    }
    if (block->size >= CNET_BLOCK_SIZES || blocks->kept_bytes + bytes > CNET_BLOCKS_KEPT_BYTES) {
        free(block);
        return;
    }
    block->next = blocks->first[block->size];
    blocks->first[block->size] = block;
    blocks->kept_bytes += bytes;
}

static inline void *cnet_block_calloc(size_t count, size_t bytes, void *unused) {
    if (bytes != 0 && count > SIZE_MAX / bytes) return NULL;
    void *memory = cnet_block_malloc(count * bytes, unused);
    if (memory != NULL) memset(memory, 0, count * bytes);
    return memory;
}

static inline void *cnet_block_realloc(void *memory, size_t bytes, void *unused) {
    if (memory == NULL) return cnet_block_malloc(bytes, unused);
    size_t room = ((struct cnet_block *)memory - 1)->size * CNET_BLOCK_STEP;
    if (bytes <= room && bytes + CNET_BLOCK_STEP > room) return memory;
    void *moved = cnet_block_malloc(bytes, unused);
    if (moved == NULL) return NULL;
    memcpy(moved, memory, bytes < room ? bytes : room);
    cnet_block_free(memory, unused);
    return moved;
}

static inline nghttp2_mem *cnet_http2_memory(void) {
    static nghttp2_mem memory = {NULL, cnet_block_malloc, cnet_block_free, cnet_block_calloc, cnet_block_realloc};
    return &memory;
}

/* Where the numbers of attention's operands stand. */

typedef struct {
    int batch;
    int heads;
    int tokens;
    int batch_step;
    int head_step;
    int part_step;
    int token_step;
    int channel_step;
} Heads;

/* Where (item, head) of query number e starts. */
DEVICE int head_at(Heads h, INT64 e) {
    int head = (int) (e / h.tokens % h.heads);
    int item = (int) (e / h.tokens / h.heads);
    return item * h.batch_step + head * h.head_step;
}

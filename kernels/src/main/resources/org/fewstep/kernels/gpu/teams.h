/*
 * Rows by teams of threads. A team of 16 B threads has a row and holds 256 B of its numbers at once: thread 16 b + l has
 * numbers l, l + 16, ... of block b. So neighbouring threads read neighbouring numbers, and each thread adds what a lane
 * of BLOCK_SUM adds. A row that fits is read once and stays in registers; a longer one passes by piece for piece, again
 * for each sum, by a team that is the whole group. Where rows are short a group has several teams.
 *
 * Sums and maxima have two barriers a piece. All threads of a group reach them: rows are of one length, and a team
 * without a row has no numbers.
 *
 * In these macros row, rows and n are the kernel's; in what is read and written j is a number's place among the 16 of
 * its thread and i its place in the row, in terms j alone.
 */

/* Numbers a thread. */
#define HELD (SUM_BLOCK / SUM_LANES)

typedef struct {
    int number;
    int block;
    int lane;
    int blocks;
    int span;
    int fits;
} Team;

DEVICE Team my_team(int blocks, int n) {
    Team team;
    int thread = LOCAL_ID(0) % (SUM_LANES * blocks);
    team.number = LOCAL_ID(0) / (SUM_LANES * blocks);
    team.block = thread / SUM_LANES;
    team.lane = thread % SUM_LANES;
    team.blocks = blocks;
    team.span = SUM_BLOCK * blocks;
    team.fits = n <= team.span;
    return team;
}

/* What a kernel by teams begins with. */
#define TEAMS(blocks)                                   \
    SHARED_ARRAY(REAL, team_lanes, MOST_THREADS);       \
    SHARED_ARRAY(REAL, team_blocks, MOST_THREADS);      \
    SHARED_ARRAY(REAL, team_waiting, TREE_LEVELS);      \
    int teams = LOCAL_SIZE(0) / (SUM_LANES * (blocks)); \
    Team team = my_team(blocks, n);                     \
    team_blocks[LOCAL_ID(0)] = 0

/* For each row, as many at once as the group has teams; row is rows or more for a team without one. */
#define FOR_EACH_ROW_OF_TEAM                                                                             \
    for (INT64 first_row = (INT64) GROUP_ID(0) * teams, row = first_row + team.number; first_row < rows; \
            first_row += (INT64) GROUPS(0) * teams, row += (INT64) GROUPS(0) * teams)

#define FOR_EACH_PIECE for (INT64 piece = 0; piece < n; piece += team.span)

/* For those of this thread's places j that have a number of the piece; and with the number's place i. */
#define EACH_HELD(STATEMENT)                                           \
    do {                                                               \
        INT64 behind = n - piece - SUM_BLOCK * team.block - team.lane; \
        int left = row < rows && behind > 0 ? (int) behind : 0;        \
        for (int j = 0; j < HELD; j++) {                               \
            if (SUM_LANES * j < left) {                                \
                STATEMENT;                                             \
            }                                                          \
        }                                                              \
    } while (0)

#define EACH_NUMBER(STATEMENT) EACH_HELD(int i = n - left + SUM_LANES * j; STATEMENT)

/* Reads the row, if it fits. */
#define READ_ONCE(READ)    \
    if (team.fits) {       \
        INT64 piece = 0;   \
        EACH_NUMBER(READ); \
    }

/* Reads a piece of the row, if it does not fit. */
#define READ_AGAIN(READ)   \
    if (!team.fits) {      \
        EACH_NUMBER(READ); \
    }

/*
 * RESULT = sum of TERM over the row, with the bits of TREE_SUM; READ fetches what TERM is made of. What waits for its
 * partner is written before the barriers of the next piece and read after those of the last.
 */
#define TEAM_SUM(RESULT, READ, TERM)                                                                           \
    do {                                                                                                       \
        INT64 pieces = 0;                                                                                      \
        FOR_EACH_PIECE {                                                                                       \
            READ_AGAIN(READ);                                                                                  \
            REAL team_sum = 0;                                                                                 \
            EACH_HELD(team_sum += (TERM));                                                                     \
            team_lanes[LOCAL_ID(0)] = team_sum;                                                                \
            BARRIER();                                                                                         \
            if (team.lane == 0) {                                                                              \
                team_blocks[SUM_LANES * team.number + team.block] = sum_of_lanes(team_lanes + LOCAL_ID(0), 1); \
            }                                                                                                  \
            BARRIER();                                                                                         \
            (RESULT) = sum_of_sixteen(team_blocks + SUM_LANES * team.number, 1, team.blocks);                  \
            if (piece + team.span >= n) {                                                                      \
                (RESULT) = with_waiting(team_waiting, pieces, RESULT);                                         \
            } else if (LOCAL_ID(0) == 0) {                                                                     \
                wait_for_partner(team_waiting, pieces, RESULT);                                                \
            }                                                                                                  \
            pieces++;                                                                                          \
        }                                                                                                      \
    } while (0)

/* RESULT = the greatest TERM of the row. */
#define TEAM_MAX(RESULT, READ, TERM)                                                                                    \
    do {                                                                                                                \
        (RESULT) = -INFINITE;                                                                                           \
        FOR_EACH_PIECE {                                                                                                \
            READ_AGAIN(READ);                                                                                           \
            EACH_HELD(RESULT = greater_of(RESULT, TERM));                                                               \
        }                                                                                                               \
        team_lanes[LOCAL_ID(0)] = (RESULT);                                                                             \
        BARRIER();                                                                                                      \
        if (team.lane == 0) {                                                                                           \
            team_blocks[SUM_LANES * team.number + team.block] = max_of_sixteen(team_lanes + LOCAL_ID(0), 1, SUM_LANES); \
        }                                                                                                               \
        BARRIER();                                                                                                      \
        (RESULT) = max_of_sixteen(team_blocks + SUM_LANES * team.number, 1, team.blocks);                               \
    } while (0)

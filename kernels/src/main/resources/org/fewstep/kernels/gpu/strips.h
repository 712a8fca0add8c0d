/*
 * Sums along the middle axis of (outer, n, inner) by teams of threads. A team of 16 W threads has a unit of work: a block
 * of 256 numbers of each of W neighbouring columns, at most 16. Thread W l + c adds what lane l of BLOCK_SUM adds for
 * column c. So neighbouring threads read neighbouring numbers, whether columns are many or one. Groups have several teams.
 *
 * A unit has two barriers, which all threads of the group reach: a team without a unit has no numbers.
 */

typedef struct {
    int column;
    int lane;
    int number;
} Place;

DEVICE Place my_place(int width) {
    Place place;
    place.column = LOCAL_ID(0) % width;
    place.lane = LOCAL_ID(0) / width % SUM_LANES;
    place.number = LOCAL_ID(0) / width / SUM_LANES;
    return place;
}

/* What a kernel by strips begins with. */
#define STRIPS(width)                                  \
    SHARED_ARRAY(REAL, strip_lanes, MOST_THREADS);     \
    int teams = LOCAL_SIZE(0) / (SUM_LANES * (width)); \
    Place place = my_place(width)

/* For each unit, as many at once as the group has teams; unit is units or more for a team without one. */
#define FOR_EACH_UNIT(units) \
    for (INT64 first_unit = (INT64) GROUP_ID(0) * teams; first_unit < (units); first_unit += (INT64) GROUPS(0) * teams)

/* For this thread's numbers of a block that end before N: their places are i = FIRST + lane + 16 k. */
#define EACH_OF_LANE(FIRST, N, STATEMENT)                     \
    do {                                                      \
        INT64 left = (INT64) (N) - (FIRST) - place.lane;      \
        for (int k = 0; k < SUM_BLOCK / SUM_LANES; k++) {     \
            if (SUM_LANES * k < left) {                       \
                int i = (FIRST) + place.lane + SUM_LANES * k; \
                STATEMENT;                                    \
            }                                                 \
        }                                                     \
    } while (0)

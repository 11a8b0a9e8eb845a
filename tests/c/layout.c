/* Checks the layout of the public struct and the sizes of the integer types, at compile time. */
#include <vanta.h>

#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]
#define AFTER(member, places) (offsetof(vanta_store, member) == sizeof(size_t) + (places) * sizeof(void *))

HOLDS(the_size_goes_first, offsetof(vanta_store, size) == 0);
HOLDS(name_second, AFTER(name, 0));
HOLDS(try_lock_third, AFTER(try_lock, 1));
HOLDS(load_fourth, AFTER(load, 2));
HOLDS(save_fifth, AFTER(save, 3));
HOLDS(unlock_sixth, AFTER(unlock, 4));
HOLDS(destroy_seventh, AFTER(destroy, 5));
HOLDS(read_last, AFTER(read, 6));
HOLDS(no_holes, sizeof(vanta_store) == sizeof(size_t) + 7 * sizeof(void *));
HOLDS(functions_are_as_large_as_pointers, sizeof(vanta_event_callback) == sizeof(void *));
HOLDS(numbers_have_32_bits, sizeof(vanta_status) == 4);
HOLDS(numbers_have_a_sign, (vanta_status)-1 < 0);
HOLDS(of_one_size, sizeof(vanta_status) == sizeof(vanta_event) && sizeof(vanta_rule) == 4
      && sizeof(vanta_level) == 4 && sizeof(int32_t) == 4 && sizeof(vanta_action) == 4);
HOLDS(negative_numbers_are_in_brackets, 1 - VANTA_ERR_NULL_POINTER == 3 && VANTA_ERR_NULL_POINTER * 1 == -2);

// rtas_call(arguments, base, entry): calls RTAS for the last time.
//
// RTAS wants 32-bit big-endian mode with the MMU off, r3 = its arguments,
// r4 = its base. All of this lies below 4 GiB, where the crash kernel's region
// has to be.

    .set MSR_ME, 0x1000

    .machine power8
    .abiversion 2

    .section .text, "ax", @progbits
    .globl rtas_call
    .hidden rtas_call
    .type rtas_call, @function
rtas_call:
    bcl 20, 31, .Lhere
.Lhere:
    mflr %r6
    addi %r6, %r6, came_back - .Lhere
    mtlr %r6
    li %r7, MSR_ME
    mtsrr1 %r7
    mtsrr0 %r5
    rfid

    .size rtas_call, . - rtas_call

// "b ." in big-endian order: there is nothing left to try.
    .type came_back, @object
came_back:
    .byte 0x48, 0, 0, 0
    .size came_back, . - came_back

    .section .note.GNU-stack, "", @progbits

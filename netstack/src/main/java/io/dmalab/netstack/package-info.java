/**
 * The network stack of a machine, as far as buffers and their DMA mappings live in it (facts: page-pool.md, netstack-holders.md).
 *
 * <table>
 * <caption>Where the kernel has it</caption>
 * <tr><td>net/core/page_pool.c</td><td>{@link io.dmalab.netstack.PagePools}, {@link io.dmalab.netstack.PagePool}</td></tr>
 * <tr><td>net/core/skbuff.c</td><td>{@link io.dmalab.netstack.SkBuffs}, {@link io.dmalab.netstack.SkbQueue}</td></tr>
 * <tr><td>net/core/dev.c: NAPI, softirq</td><td>{@link io.dmalab.netstack.Napi}, {@link io.dmalab.netstack.Softnet}</td></tr>
 * <tr><td>net/core/dev.c: interfaces</td><td>{@link io.dmalab.netstack.NetDevices}, {@link io.dmalab.netstack.NetDevice}</td></tr>
 * <tr><td>net/core/dev.c: receive path</td><td>{@link io.dmalab.netstack.Stack}</td></tr>
 * </table>
 *
 * <p>A page, a packet and a shared info are ints that index primitive arrays; nothing is allocated per packet. A driver makes a pool and a
 * NAPI, builds packets of the pool's pages and gives them to {@link io.dmalab.netstack.Napi#receive}; GRO, RPS, rx_handlers and the
 * scenario's buffer holders follow. Whoever has a packet releases it through {@link io.dmalab.api.net.Buffers}.
 */
package io.dmalab.netstack;

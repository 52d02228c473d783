import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Schedules } from '../../platform/queue/index.js';
import { DelegateBoard } from '../ports/delegate-board.port.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';

const PUBLISH_MS = 30_000;

@Injectable()
export class NetworkSchedule implements OnModuleInit {
  constructor(private readonly schedules: Schedules, private readonly node: IpfsNode, private readonly board: DelegateBoard) {}

  onModuleInit(): void {
    this.schedules.every('network.publish-addresses', PUBLISH_MS, async () => this.board.publish(await this.node.addresses()));
  }
}

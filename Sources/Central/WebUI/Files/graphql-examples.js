// Example queries to start with; their variables are examples, too.

export const examples = [
  {
    name: "Devices",
    query: `query Devices($type: DeviceType) {
  devices(deviceType: $type, first: 20) {
    id
    name
    deviceType
    properties {
      __typename
      ... on SolarPanelProperties { ratedCapacityWatts }
      ... on BatteryProperties { capacityWh maxChargeRateWatts maxDischargeRateWatts }
      ... on ElectricVehicleProperties { batteryCapacityWh maxChargeRateWatts maxDischargeRateWatts }
      ... on ApplianceProperties { averagePowerDrawWatts }
    }
    state { powerWatts chargeWh chargePercentage mode updatedAt }
  }
}`,
    variables: { type: null },
  },
  {
    name: "Energy now",
    query: `{
  energySummary {
    totalProductionWatts
    totalConsumptionWatts
    netPowerWatts
    storagePercentage
    storageStates { deviceName deviceType currentChargeWh capacityWh chargePercentage mode }
    measuredAt
  }
}`,
    variables: {},
  },
  {
    name: "Energy by day",
    query: `query History($start: DateTime!, $end: DateTime!) {
  energyHistory(start: $start, end: $end, interval: DAY) {
    start
    end
    producedKwh
    consumedKwh
    netKwh
  }
}`,
    variables: () => {
      const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
      return { start: day(-6), end: day(1) };
    },
  },
  {
    name: "Register a battery",
    query: `mutation Register($input: RegisterDeviceInput!) {
  registerDevice(input: $input) {
    success
    errors
    device { id name }
  }
}`,
    variables: {
      input: {
        name: "Home battery",
        deviceType: "BATTERY",
        properties: { battery: { capacityWh: 13500, maxChargeRateWatts: 5000, maxDischargeRateWatts: 7000 } },
      },
    },
  },
  {
    name: "Charge it",
    query: `mutation Charge($id: ID!) {
  setStorageMode(deviceId: $id, mode: CHARGING, rateWatts: 3000) {
    success
    errors
    device { state { mode chargePercentage } }
  }
}`,
    variables: { id: "the id of a battery or car" },
  },
];
